-- What no statement needs is taken back, so that nothing but row security has to stand in its way.

-- Customers have no privilege on billing profiles, so their policy held nothing.
DROP POLICY customer_own ON billing_profile;

-- Whose profile it is, and of which customer, is settled when it is made.
REVOKE UPDATE ON billing_profile FROM copartner_partner;
GRANT UPDATE (email, company_name, culture, language, address, version) ON billing_profile TO copartner_partner;

-- Of a claimed request id only the result is added later.
REVOKE UPDATE ON idempotency_key FROM copartner_partner, copartner_customer, copartner_operator;
GRANT UPDATE (result) ON idempotency_key TO copartner_partner, copartner_customer, copartner_operator;

-- Which tenant is enrolled under which number stays; markets and state change.
REVOKE UPDATE ON enrolment FROM copartner_operator;
GRANT UPDATE (markets, state) ON enrolment TO copartner_operator;

-- Whether a subscription may still be cancelled or reduced, as rules that are tried out judge it.
GRANT SELECT (term_starts_at, commitment_ends_at, is_trial) ON subscription TO copartner_facts;

-- Of two equal denials at one moment the later one counts, so the one that is kept has to be read for its moment.
GRANT SELECT (last_at) ON decision_record TO copartner_facts;

-- What is kept of a denial in words is kept by language; earlier records have English alone.
UPDATE decision_record SET explained = jsonb_build_object('en', explained) WHERE explained ? 'summary';

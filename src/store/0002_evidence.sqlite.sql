-- Law 7, as in 0001.
CREATE TRIGGER system_read_keeps BEFORE UPDATE ON system_read BEGIN SELECT RAISE (ABORT, 'evidence is never changed'); END;
CREATE TRIGGER system_read_stays BEFORE DELETE ON system_read BEGIN SELECT RAISE (ABORT, 'evidence is never deleted'); END;
CREATE TRIGGER device_event_keeps BEFORE UPDATE ON device_event BEGIN SELECT RAISE (ABORT, 'history is never changed'); END;
CREATE TRIGGER device_event_stays BEFORE DELETE ON device_event BEGIN SELECT RAISE (ABORT, 'history is never deleted'); END;
CREATE TRIGGER challenge_stays BEFORE DELETE ON challenge BEGIN SELECT RAISE (ABORT, 'a challenge is never deleted'); END;
CREATE TRIGGER rule_keeps BEFORE UPDATE ON rule BEGIN SELECT RAISE (ABORT, 'a rule that judged is never changed'); END;
CREATE TRIGGER rule_stays BEFORE DELETE ON rule BEGIN SELECT RAISE (ABORT, 'a rule that judged is never deleted'); END;

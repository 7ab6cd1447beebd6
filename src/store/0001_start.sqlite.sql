-- Law 7: nothing is deleted, corrections are new entries. The program never asks for it; this stops a hand that slips.
CREATE TRIGGER ledger_keeps BEFORE UPDATE ON ledger BEGIN SELECT RAISE (ABORT, 'the ledger is append-only'); END;
CREATE TRIGGER ledger_stays BEFORE DELETE ON ledger BEGIN SELECT RAISE (ABORT, 'the ledger is append-only'); END;
CREATE TRIGGER observation_keeps BEFORE UPDATE ON observation BEGIN SELECT RAISE (ABORT, 'evidence is never changed'); END;
CREATE TRIGGER observation_stays BEFORE DELETE ON observation BEGIN SELECT RAISE (ABORT, 'evidence is never deleted'); END;
CREATE TRIGGER verdict_keeps BEFORE UPDATE ON verdict BEGIN SELECT RAISE (ABORT, 'a verdict is never changed'); END;
CREATE TRIGGER verdict_stays BEFORE DELETE ON verdict BEGIN SELECT RAISE (ABORT, 'a verdict is never deleted'); END;
CREATE TRIGGER cell_event_keeps BEFORE UPDATE ON cell_event BEGIN SELECT RAISE (ABORT, 'history is never changed'); END;
CREATE TRIGGER cell_event_stays BEFORE DELETE ON cell_event BEGIN SELECT RAISE (ABORT, 'history is never deleted'); END;
CREATE TRIGGER device_change_keeps BEFORE UPDATE ON device_change BEGIN SELECT RAISE (ABORT, 'history is never changed'); END;
CREATE TRIGGER device_change_stays BEFORE DELETE ON device_change BEGIN SELECT RAISE (ABORT, 'history is never deleted'); END;
CREATE TRIGGER device_stays BEFORE DELETE ON device BEGIN SELECT RAISE (ABORT, 'a device is never deleted'); END;
CREATE TRIGGER cell_stays BEFORE DELETE ON cell BEGIN SELECT RAISE (ABORT, 'a cell is never deleted'); END;
CREATE TRIGGER notice_version_stays BEFORE DELETE ON notice_version BEGIN SELECT RAISE (ABORT, 'a notice is never deleted'); END;
CREATE TRIGGER reply_keeps BEFORE UPDATE ON reply BEGIN SELECT RAISE (ABORT, 'a signed reply is never changed'); END;
CREATE TRIGGER reply_stays BEFORE DELETE ON reply BEGIN SELECT RAISE (ABORT, 'a signed reply is never deleted'); END;

-- What came with evidence that people bring: challenges, the systems that fact files were read on, what ends the validity of evidence.

CREATE TABLE challenge (
	code TEXT PRIMARY KEY,
	issued INTEGER NOT NULL,
	expires INTEGER NOT NULL,
	issued_by TEXT NOT NULL,
	seq INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE system_read (
	id INTEGER PRIMARY KEY,
	subject TEXT NOT NULL,
	mode TEXT NOT NULL,
	identity TEXT NOT NULL,
	taken_as TEXT NOT NULL,
	key_id TEXT NOT NULL,
	file TEXT NOT NULL,
	part INTEGER NOT NULL,
	collected INTEGER NOT NULL,
	at INTEGER NOT NULL,
	obs TEXT NOT NULL,
	seq INTEGER NOT NULL
) STRICT;
CREATE INDEX system_read_subject ON system_read (subject, mode, id);
CREATE INDEX system_read_identity ON system_read (identity);

CREATE TABLE device_event (
	id INTEGER PRIMARY KEY,
	device_id INTEGER NOT NULL REFERENCES device (id),
	kind TEXT NOT NULL,
	at INTEGER NOT NULL,
	actor TEXT NOT NULL,
	note TEXT NOT NULL,
	seq INTEGER NOT NULL
) STRICT;
CREATE INDEX device_event_device ON device_event (device_id, kind, at);

-- The rules that judged facts, as they were: a newer program may word a rule otherwise, and old verdicts must come out as they did.
CREATE TABLE rule (
	hash TEXT PRIMARY KEY,
	id TEXT NOT NULL,
	json TEXT NOT NULL,
	seq INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
ALTER TABLE verdict ADD COLUMN rule TEXT NOT NULL DEFAULT '';

-- The first schema. Written for SQLite; another driver maps the words STRICT, WITHOUT ROWID, INTEGER PRIMARY KEY, INTEGER and BLOB.
-- Times are milliseconds since 1970 (UTC), days are YYYY-MM-DD, seq is the number of the ledger entry that tells of the row.

CREATE TABLE ledger (
	seq INTEGER PRIMARY KEY,
	at INTEGER NOT NULL,
	actor TEXT NOT NULL,
	kind TEXT NOT NULL,
	subject TEXT NOT NULL,
	body TEXT NOT NULL,
	prev TEXT NOT NULL,
	hash TEXT NOT NULL
) STRICT;
CREATE INDEX ledger_subject ON ledger (subject, seq);

CREATE TABLE checkpoint (
	size INTEGER PRIMARY KEY,
	tree TEXT NOT NULL,
	hash TEXT NOT NULL,
	at INTEGER NOT NULL,
	signature TEXT NOT NULL
) STRICT;

CREATE TABLE setting (
	name TEXT PRIMARY KEY,
	value TEXT NOT NULL,
	seq INTEGER NOT NULL
) STRICT;

CREATE TABLE param (
	name TEXT PRIMARY KEY,
	value TEXT NOT NULL,
	confirmed INTEGER NOT NULL,
	set_by TEXT NOT NULL,
	set_at INTEGER NOT NULL,
	seq INTEGER NOT NULL
) STRICT;

CREATE TABLE notice (
	id INTEGER PRIMARY KEY,
	reference TEXT NOT NULL UNIQUE
) STRICT;

-- Every revision that was ever imported; the one with the largest id is in force.
CREATE TABLE notice_version (
	id INTEGER PRIMARY KEY,
	notice_id INTEGER NOT NULL REFERENCES notice (id),
	revision INTEGER NOT NULL,
	hash TEXT NOT NULL,
	canonical BLOB NOT NULL,
	signature TEXT,
	genuine TEXT NOT NULL,
	signer TEXT NOT NULL,
	imported_by TEXT NOT NULL,
	imported_at INTEGER NOT NULL,
	seq INTEGER NOT NULL
) STRICT;
CREATE INDEX notice_version_notice ON notice_version (notice_id, id);

CREATE TABLE trusted_key (
	key_id TEXT PRIMARY KEY,
	name TEXT NOT NULL,
	public_key TEXT NOT NULL,
	trusted_by TEXT NOT NULL,
	trusted_at INTEGER NOT NULL,
	withdrawn_at INTEGER,
	seq INTEGER NOT NULL
) STRICT;

-- modes: name, software, version of each mode, each as LENGTH:TEXT, or '-,' when not known: read and written whole with its device.
-- id: given by the program (the largest so far and one), so that an import needs no answer per row.
CREATE TABLE device (
	id INTEGER PRIMARY KEY,
	device_key TEXT NOT NULL,
	serial TEXT NOT NULL,
	product TEXT,
	manufacturer TEXT,
	catalog_number TEXT,
	udi_di TEXT,
	lot TEXT,
	location TEXT,
	owner TEXT,
	note TEXT,
	host TEXT,
	bmc TEXT,
	storage TEXT,
	mode_now TEXT,
	part_of TEXT,
	connectivity TEXT NOT NULL,
	status TEXT NOT NULL,
	modes TEXT,
	added_at INTEGER NOT NULL,
	added_seq INTEGER NOT NULL
) STRICT;
CREATE INDEX device_by_key ON device (device_key);

CREATE TABLE device_change (
	id INTEGER PRIMARY KEY,
	device_id INTEGER NOT NULL REFERENCES device (id),
	at INTEGER NOT NULL,
	diff TEXT NOT NULL,
	seq INTEGER NOT NULL
) STRICT;
CREATE INDEX device_change_device ON device_change (device_id, id);

CREATE TABLE device_match (
	notice_id INTEGER NOT NULL REFERENCES notice (id),
	device_id INTEGER NOT NULL REFERENCES device (id),
	answer TEXT NOT NULL,
	reason TEXT NOT NULL,
	product_id TEXT NOT NULL,
	confidence INTEGER NOT NULL,
	detail TEXT NOT NULL,
	at INTEGER NOT NULL,
	seq INTEGER NOT NULL,
	person_answer TEXT,
	person_product_id TEXT,
	decided_by TEXT,
	decided_why TEXT,
	decided_at INTEGER,
	PRIMARY KEY (notice_id, device_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE cell (
	id INTEGER PRIMARY KEY,
	notice_id INTEGER NOT NULL REFERENCES notice (id),
	device_id INTEGER NOT NULL REFERENCES device (id),
	mode TEXT NOT NULL,
	action TEXT NOT NULL,
	state TEXT NOT NULL,
	reason TEXT NOT NULL,
	reason_text TEXT NOT NULL,
	planned TEXT NOT NULL,
	claimed INTEGER NOT NULL,
	claimed_by TEXT NOT NULL,
	claimed_at INTEGER NOT NULL,
	claim_note TEXT NOT NULL,
	result TEXT NOT NULL,
	level TEXT NOT NULL,
	check_id TEXT NOT NULL,
	verdict_reason TEXT NOT NULL,
	settle TEXT NOT NULL,
	detail TEXT NOT NULL,
	obs TEXT NOT NULL,
	verdict_at INTEGER NOT NULL,
	changed_at INTEGER NOT NULL,
	seq INTEGER NOT NULL,
	UNIQUE (notice_id, device_id, mode, action)
) STRICT;
CREATE INDEX cell_device ON cell (device_id);

CREATE TABLE cell_event (
	id INTEGER PRIMARY KEY,
	cell_id INTEGER NOT NULL REFERENCES cell (id),
	at INTEGER NOT NULL,
	actor TEXT NOT NULL,
	kind TEXT NOT NULL,
	was TEXT NOT NULL,
	became TEXT NOT NULL,
	result TEXT NOT NULL,
	reason TEXT NOT NULL,
	text TEXT NOT NULL,
	seq INTEGER NOT NULL
) STRICT;
CREATE INDEX cell_event_cell ON cell_event (cell_id, id);

CREATE TABLE observation (
	no INTEGER PRIMARY KEY,
	id TEXT NOT NULL UNIQUE,
	probe TEXT NOT NULL,
	target TEXT NOT NULL,
	vantage TEXT NOT NULL,
	mode TEXT NOT NULL,
	started INTEGER NOT NULL,
	body TEXT NOT NULL,
	seq INTEGER NOT NULL
) STRICT;
CREATE INDEX observation_target ON observation (target, started);

CREATE TABLE verdict (
	id INTEGER PRIMARY KEY,
	cell_id INTEGER NOT NULL REFERENCES cell (id),
	check_id TEXT NOT NULL,
	at INTEGER NOT NULL,
	result TEXT NOT NULL,
	level TEXT NOT NULL,
	reason TEXT NOT NULL,
	settle TEXT NOT NULL,
	detail TEXT NOT NULL,
	obs TEXT REFERENCES observation (id),
	seq INTEGER NOT NULL
) STRICT;
CREATE INDEX verdict_cell ON verdict (cell_id, check_id, id);

CREATE TABLE reply (
	id INTEGER PRIMARY KEY,
	notice_id INTEGER NOT NULL REFERENCES notice (id),
	lang TEXT NOT NULL,
	json BLOB NOT NULL,
	hash TEXT NOT NULL,
	html_hash TEXT NOT NULL,
	pdf_hash TEXT NOT NULL,
	signed_by TEXT NOT NULL,
	function TEXT NOT NULL,
	signed_at INTEGER NOT NULL,
	seq INTEGER NOT NULL
) STRICT;

CREATE TABLE account (
	name TEXT PRIMARY KEY,
	display TEXT NOT NULL,
	role TEXT NOT NULL,
	language TEXT NOT NULL,
	password_hash TEXT NOT NULL,
	created INTEGER NOT NULL,
	seq INTEGER NOT NULL
) STRICT;

CREATE TABLE session (
	token_hash TEXT PRIMARY KEY,
	account TEXT NOT NULL REFERENCES account (name),
	csrf TEXT NOT NULL,
	expires INTEGER NOT NULL
) STRICT;

CREATE TABLE login_failure (
	id INTEGER PRIMARY KEY,
	name TEXT NOT NULL,
	at INTEGER NOT NULL
) STRICT;
CREATE INDEX login_failure_name ON login_failure (name, at);

-- Small tables with what real schemas have. Names, types and rules are those that others choose.
PRAGMA foreign_keys = OFF;
CREATE TABLE country (code CHAR(2) PRIMARY KEY NOT NULL, name NVARCHAR(60) NOT NULL COLLATE NOCASE UNIQUE);
INSERT INTO country VALUES ('FI', 'Finland'), ('DE', 'Deutschland'), ('X', 'a short code');

CREATE TABLE Person (
	PersonId INTEGER NOT NULL,
	Name NVARCHAR(45) NOT NULL,
	email TEXT,
	country CHAR(2) REFERENCES country ON UPDATE CASCADE,
	boss INTEGER REFERENCES Person ON DELETE SET NULL,
	active BOOLEAN NOT NULL DEFAULT 1,
	born DATE,
	photo BLOB,
	height REAL,
	balance NUMERIC(10,2) NOT NULL DEFAULT 0,
	settings JSON,
	token UUID,
	created DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP,
	seen TIMESTAMP,
	epoch DATETIME,
	about BLOB SUB_TYPE TEXT,
	CONSTRAINT PK_Person PRIMARY KEY (PersonId)
);
CREATE UNIQUE INDEX IPK_Person ON Person (lower(email));
CREATE INDEX IFK_Active ON Person (Name) WHERE active;
INSERT INTO Person VALUES
	(1, 'Ann', 'ann@example.org', 'FI', NULL, 1, '1999-12-31', x'00ff10', 2.000000000000001, 12.5, '{"a": [1.50, null]}',
		'00000000-0000-4000-8000-000000000001', '2020-02-29 23:59:59', '2020-06-01T12:00:00.000000Z', 1600000000, 'a text'),
	(2, 'Bob', NULL, 'X', 1, 0, NULL, x'', -0.0, 100, NULL, NULL, '2020-02-29 23:59:59', NULL, NULL, NULL),
	(3, '  Çelik ', 'C@example.org', NULL, 1, 1, '2000-02-29', NULL, 5e-324, 0.1, 'null', NULL, '1969-12-31 23:59:59', NULL,
		-5, '');

-- What programs leave in columns of another type: letters for a truth value, empty texts for times and references.
CREATE TABLE staff (
	staff_id INTEGER PRIMARY KEY,
	active SMALLINT DEFAULT 1 NOT NULL,
	flag SMALLINT,
	gone TIMESTAMP DEFAULT NULL,
	person INT DEFAULT NULL REFERENCES Person,
	picture BLOB
);
INSERT INTO staff VALUES (1, 't', 1, '', '', ''), (2, 'f', 0, '2005-09-02 02:35:22', 1, NULL), (3, 't', NULL, NULL, NULL, x'00');

CREATE TABLE "Order Details" (
	"Order ID" INTEGER PRIMARY KEY AUTOINCREMENT,
	"personId" INTEGER NOT NULL REFERENCES person ON DELETE CASCADE,
	"Größe" SMALLINT NOT NULL CHECK ("Größe" BETWEEN 1 AND 100),
	"select" VARCHAR(10) NOT NULL DEFAULT 'it''s',
	type TEXT NOT NULL CHECK (type IN ('a', 'b'))
);
INSERT INTO "Order Details" ("personId", "Größe", type) VALUES (1, 5, 'a'), (1, 100, 'b'), (2, 1, 'a');

CREATE TABLE person_country (
	person_id INTEGER NOT NULL REFERENCES Person,
	country CHAR(2) NOT NULL REFERENCES country,
	since DATE NOT NULL DEFAULT '2020-01-01',
	PRIMARY KEY (person_id, country)
) WITHOUT ROWID;
INSERT INTO person_country VALUES (1, 'FI', '2020-01-01'), (1, 'DE', '2020-01-01'), (2, 'FI', '2020-01-01');
CREATE TABLE log (at TIMESTAMP NOT NULL, line TEXT NOT NULL, level SMALLINT);
INSERT INTO log VALUES ('2020-01-01 00:00:00', 'one', 1), ('2020-01-01 00:00:00', 'one', 1), ('2020-01-02 00:00:00', 'two', NULL);

-- A trigger that changes what is written, and one row for each person.
CREATE TABLE profile (person_id INTEGER PRIMARY KEY REFERENCES Person ON DELETE CASCADE, bio TEXT, changed TIMESTAMP);
CREATE TRIGGER touch AFTER UPDATE ON profile BEGIN
	UPDATE profile SET changed = '2021-01-01 00:00:00' WHERE person_id = NEW.person_id;
END;
INSERT INTO profile VALUES (1, 'first', NULL);
CREATE TABLE empty_one (id TEXT PRIMARY KEY NOT NULL, person INTEGER NOT NULL REFERENCES Person);
PRAGMA foreign_keys = ON;

-- A view with a column that is computed, and so has no type.
CREATE VIEW computed AS SELECT 1 AS id, length('abc') AS n;

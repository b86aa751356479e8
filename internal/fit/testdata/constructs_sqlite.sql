-- A table for each construct of SQLite, as another program would make it, with some rows. Their names and the rest of
-- the line are the rows of docs/constructs.md.

-- construct generated: generated columns, STORED and VIRTUAL
CREATE TABLE generated (id INTEGER PRIMARY KEY, a INTEGER NOT NULL, b INTEGER,
	twice INTEGER NOT NULL GENERATED ALWAYS AS (a * 2) STORED, total INTEGER AS (a + b));
INSERT INTO generated (id, a, b) VALUES (1, 2, 3), (2, -5, NULL);
-- construct by_trigger: column that a trigger fills
CREATE TABLE by_trigger (id INTEGER PRIMARY KEY, a TEXT NOT NULL, b TEXT);
CREATE TRIGGER fill_b AFTER INSERT ON by_trigger BEGIN UPDATE by_trigger SET b = lower(a) WHERE id = NEW.id; END;
CREATE TRIGGER keep_b AFTER UPDATE OF a ON by_trigger BEGIN UPDATE by_trigger SET b = lower(a) WHERE id = NEW.id; END;
INSERT INTO by_trigger (id, a) VALUES (1, 'A'), (2, 'B');
-- construct by_default: default of an expression
CREATE TABLE by_default (id INTEGER PRIMARY KEY, a TEXT NOT NULL DEFAULT ('a' || 'b'), b DATETIME NOT NULL DEFAULT (datetime('now', '+1 day')));
INSERT INTO by_default (id) VALUES (1);
INSERT INTO by_default VALUES (2, 'x', '2024-02-29 00:00:00');
-- construct some_view: view
CREATE VIEW some_view AS SELECT id, a, b FROM generated;
-- construct without_rowid: WITHOUT ROWID
CREATE TABLE without_rowid (code TEXT PRIMARY KEY NOT NULL, a TEXT, b INTEGER NOT NULL) WITHOUT ROWID;
INSERT INTO without_rowid VALUES ('first one', 'x', 1), ('second one', NULL, 2);
-- construct strict: STRICT
CREATE TABLE strict (id INTEGER PRIMARY KEY, a TEXT NOT NULL, b INT, c REAL, d BLOB, e ANY) STRICT;
INSERT INTO strict VALUES (1, 'x', 5, 1.5, x'00ff', 'any'), (2, 'y', NULL, NULL, NULL, NULL);
-- construct fts: FTS5
CREATE VIRTUAL TABLE fts USING fts5 (title, body);
INSERT INTO fts VALUES ('one', 'the first text'), ('two', 'the second text');
-- construct integer_key: INTEGER PRIMARY KEY
CREATE TABLE integer_key (id INTEGER PRIMARY KEY, a TEXT NOT NULL, b TEXT);
INSERT INTO integer_key VALUES (1, 'one', 'eins'), (2, 'two', NULL);
-- construct counted: INTEGER PRIMARY KEY AUTOINCREMENT
CREATE TABLE counted (id INTEGER PRIMARY KEY AUTOINCREMENT, a TEXT NOT NULL, b TEXT);
INSERT INTO counted VALUES (1, 'one', 'eins'), (2, 'two', NULL);
-- construct int_key: INT PRIMARY KEY, which is no rowid
CREATE TABLE int_key (id INT PRIMARY KEY NOT NULL, a TEXT NOT NULL);
INSERT INTO int_key VALUES (1, 'one'), (2, 'two');
-- construct composite_key: composite key
CREATE TABLE composite_key (part TEXT NOT NULL, no INTEGER NOT NULL, a TEXT, PRIMARY KEY (part, no));
INSERT INTO composite_key VALUES ('first part', 1, 'one'), ('second part', 1, NULL);
-- construct composite_fk: composite foreign key
CREATE TABLE composite_fk (id INTEGER PRIMARY KEY, part TEXT NOT NULL, no INTEGER NOT NULL, a TEXT,
	FOREIGN KEY (part, no) REFERENCES composite_key ON DELETE CASCADE);
INSERT INTO composite_fk VALUES (1, 'first part', 1, 'a'), (2, 'second part', 1, NULL);
-- construct unique_fk: foreign key to a unique column
CREATE TABLE unique_key (id INTEGER PRIMARY KEY, code TEXT NOT NULL UNIQUE);
INSERT INTO unique_key VALUES (1, 'first code'), (2, 'second code');
CREATE TABLE unique_fk (id INTEGER PRIMARY KEY, code TEXT NOT NULL REFERENCES unique_key (code), other TEXT REFERENCES unique_key (code), a TEXT);
INSERT INTO unique_fk VALUES (1, 'first code', 'second code', 'a'), (2, 'second code', NULL, NULL);
-- construct self: required reference to itself
CREATE TABLE self (id INTEGER PRIMARY KEY, parent INTEGER NOT NULL REFERENCES self, a TEXT);
INSERT INTO self VALUES (1, 1, 'root'), (2, 1, NULL);
-- construct decimals: DECIMAL(10,2)
CREATE TABLE decimals (id INTEGER PRIMARY KEY, a DECIMAL(10,2) NOT NULL, b NUMERIC);
INSERT INTO decimals VALUES (1, 1.5, 12), (2, 0.01, NULL);
-- construct lists: JSON of lists, in fields of `[]T` and `[]*T`
-- field Lists.A: []int64
-- field Lists.B: *[]*string
CREATE TABLE lists (id INTEGER PRIMARY KEY, a JSON NOT NULL, b JSON);
INSERT INTO lists VALUES (1, '[1,2]', '["x",null]'), (2, '[]', NULL);
-- construct documents: JSON
CREATE TABLE documents (id INTEGER PRIMARY KEY, a JSON NOT NULL, b JSON);
INSERT INTO documents VALUES (1, '{"a": [1.50, null]}', 'null'), (2, '[]', NULL);
-- construct choices: TEXT with a CHECK of its values
CREATE TABLE choices (id INTEGER PRIMARY KEY, a TEXT NOT NULL CHECK (a IN ('sad', 'ok')), b TEXT CHECK (b IN ('x', 'y')));
INSERT INTO choices VALUES (1, 'sad', 'x'), (2, 'ok', NULL);
-- construct infinities: infinite numbers
CREATE TABLE infinities (id INTEGER PRIMARY KEY, a REAL NOT NULL, b DOUBLE);
INSERT INTO infinities VALUES (1, 9e999, -9e999), (2, 1.5, NULL);
-- construct any_values: values of several storage classes in one column, in fields of `prom.AnyValue`
CREATE TABLE any_values (id INTEGER PRIMARY KEY, a INTEGER NOT NULL, b, c TEXT NOT NULL);
INSERT INTO any_values VALUES (1, 5, 7, 'x'), (2, 'five', 'seven', 'y'), (3, 1.5, 2.5, 'z'), (4, x'00', x'ff', 'w'), (5, '', NULL, 'v');
-- construct nocase: COLLATE NOCASE
CREATE TABLE nocase (id INTEGER PRIMARY KEY, a TEXT NOT NULL COLLATE NOCASE, b TEXT COLLATE NOCASE);
INSERT INTO nocase VALUES (1, 'beta', 'B'), (2, 'Alpha', NULL);
-- construct embedded: columns of a struct, with `embed=prefix_`
-- field Embedded.HomeCity: -
-- field Embedded.HomeStreet: Home struct { Street string; City *string } `prom:"embed=home_"`
CREATE TABLE embedded (id INTEGER PRIMARY KEY, home_street text NOT NULL, home_city text);
INSERT INTO embedded VALUES (1, 'Elm Street', 'Oulu'), (2, '', NULL);
-- construct odd_names: names that must be quoted
CREATE TABLE odd_names ("Primary Id" INTEGER PRIMARY KEY, "Größe" INTEGER NOT NULL, "select" TEXT, "a""b" TEXT);
INSERT INTO odd_names VALUES (1, 5, 'x', 'y'), (2, 6, NULL, NULL);
-- construct without_key: table without a key
CREATE TABLE without_key (at TIMESTAMP NOT NULL, a TEXT);
INSERT INTO without_key VALUES ('2020-01-01 00:00:00', 'one'), ('2020-01-02 00:00:00', NULL);

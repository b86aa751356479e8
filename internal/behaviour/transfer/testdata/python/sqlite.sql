-- A database as version 6 of prom for Python leaves it behind on SQLite, for the models blog_models_author and blog_models_post of
-- docs/from/python-prom.md. The forms are those of prom/interface/sql.py and prom/interface/sqlite.py (render_datatype_sql,
-- _set_table, _set_index), the values those of its adapters: a time without a fraction has none, and one at midnight is a day.

CREATE TABLE IF NOT EXISTS "blog_models_author" (
  "name" TEXT CHECK(length(name) <= 100) NOT NULL,
  "nick" TEXT COLLATE NOCASE NULL,
  "_id" INTEGER NOT NULL PRIMARY KEY,
  "_created" TIMESTAMP NOT NULL,
  "_updated" TIMESTAMP NOT NULL
);
CREATE UNIQUE INDEX IF NOT EXISTS "blog_models_author_name" ON "blog_models_author" ("name");

CREATE TABLE IF NOT EXISTS "blog_models_post" (
  "author_id" INTEGER NOT NULL REFERENCES "blog_models_author" ("_id") ON UPDATE CASCADE ON DELETE CASCADE,
  "editor_id" INTEGER NULL REFERENCES "blog_models_author" ("_id") ON UPDATE CASCADE ON DELETE SET NULL,
  "title" TEXT CHECK(length(title) >= 1 AND length(title) <= 200) NOT NULL,
  "views" INTEGER NOT NULL,
  "stars" INTEGER NULL,
  "hits" INTEGER NULL,
  "big" NUMERICTEXT NULL,
  "score" REAL NULL,
  "price" REAL NULL,
  "live" BOOL NOT NULL,
  "day" DATE NULL,
  "at" TIMESTAMP NULL,
  "meta" JSONBTEXT NULL,
  "raw" BLOB NULL,
  "token" TEXT NULL,
  "status" INTEGER NULL,
  "_id" INTEGER NOT NULL PRIMARY KEY,
  "_created" TIMESTAMP NOT NULL,
  "_updated" TIMESTAMP NOT NULL
);
CREATE UNIQUE INDEX IF NOT EXISTS "blog_models_post_slug" ON "blog_models_post" ("author_id", "title");
CREATE INDEX IF NOT EXISTS "blog_models_post_at" ON "blog_models_post" ("at");

CREATE TABLE IF NOT EXISTS "blog_models_token" (
  "what" TEXT NOT NULL,
  "_id" TEXT CHECK(length(_id) = 36) NOT NULL PRIMARY KEY,
  "_created" TIMESTAMP NOT NULL,
  "_updated" TIMESTAMP NOT NULL
);

INSERT INTO "blog_models_author" ("name", "nick", "_created", "_updated") VALUES ('Ada', 'Countess', '2020-03-25T19:34:05.050000Z', '2020-03-25T19:34:05.050000Z');
INSERT INTO "blog_models_author" ("name", "_created", "_updated") VALUES ('Bob', '2020-03-25T19:34:05Z', '2020-03-26');

INSERT INTO "blog_models_post" ("author_id", "editor_id", "title", "views", "stars", "hits", "big", "score", "price", "live", "day", "at", "meta", "raw", "token", "status", "_created", "_updated")
VALUES (1, 2, 'First', 3, 5, 9007199254740993, 12345678901234567, 0.1, '12.34', 1, '2020-03-25', '2020-03-25T19:34:05Z', '{"a": 1, "b": [1, 2.5, null], "c": "\u00e9"}', x'8004', '123e4567-e89b-12d3-a456-426614174000', 2, '2020-03-25T19:34:05.050000Z', '2020-03-25T19:34:05.050000Z');
INSERT INTO "blog_models_post" ("author_id", "title", "views", "live", "at", "_created", "_updated")
VALUES (1, 'Second', 0, 0, '2020-03-25T19:34:05.050000Z', '2020-03-25T19:34:05Z', '2020-03-25T19:34:05Z');
INSERT INTO "blog_models_post" ("author_id", "title", "views", "live", "at", "_created", "_updated")
VALUES (2, 'Third', 7, 1, '2020-03-25', '2020-03-25', '2020-03-25');

INSERT INTO "blog_models_token" ("what", "_id", "_created", "_updated") VALUES ('key', '123e4567-e89b-42d3-a456-426614174000', '2020-03-25', '2020-03-25T19:34:05Z');

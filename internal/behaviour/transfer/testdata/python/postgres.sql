-- A database as version 6 of prom for Python leaves it behind on PostgreSQL, for the models blog_models_author and blog_models_post
-- of docs/from/python-prom.md. The forms are those of prom/interface/sql.py and prom/interface/postgres.py (render_datatype_sql,
-- _set_table, _set_index). A field with ignore_case is CITEXT, an extension that has to be there.

CREATE TABLE IF NOT EXISTS "blog_models_author" (
  "name" TEXT CHECK(length(name) <= 100) NOT NULL,
  "nick" CITEXT NULL,
  "_id" BIGSERIAL NOT NULL PRIMARY KEY,
  "_created" TIMESTAMPTZ NOT NULL,
  "_updated" TIMESTAMPTZ NOT NULL
);
CREATE UNIQUE INDEX IF NOT EXISTS "blog_models_author_name" ON "blog_models_author" ("name");

CREATE TABLE IF NOT EXISTS "blog_models_post" (
  "author_id" BIGINT NOT NULL REFERENCES "blog_models_author" ("_id") ON UPDATE CASCADE ON DELETE CASCADE,
  "editor_id" BIGINT NULL REFERENCES "blog_models_author" ("_id") ON UPDATE CASCADE ON DELETE SET NULL,
  "title" TEXT CHECK(length(title) >= 1 AND length(title) <= 200) NOT NULL,
  "views" INTEGER NOT NULL,
  "stars" SMALLINT NULL,
  "hits" BIGINT NULL,
  "big" NUMERIC(20, 0) NULL,
  "score" DOUBLE PRECISION NULL,
  "price" NUMERIC(12, 2) NULL,
  "live" BOOL NOT NULL,
  "day" DATE NULL,
  "at" TIMESTAMPTZ NULL,
  "meta" JSONB NULL,
  "raw" BYTEA NULL,
  "token" UUID NULL,
  "status" INTEGER NULL,
  "_id" BIGSERIAL NOT NULL PRIMARY KEY,
  "_created" TIMESTAMPTZ NOT NULL,
  "_updated" TIMESTAMPTZ NOT NULL
);
CREATE UNIQUE INDEX IF NOT EXISTS "blog_models_post_slug" ON "blog_models_post" ("author_id", "title");
CREATE INDEX IF NOT EXISTS "blog_models_post_at" ON "blog_models_post" ("at");

CREATE TABLE IF NOT EXISTS "blog_models_token" (
  "what" TEXT NOT NULL,
  "_id" UUID DEFAULT gen_random_uuid() NOT NULL PRIMARY KEY,
  "_created" TIMESTAMPTZ NOT NULL,
  "_updated" TIMESTAMPTZ NOT NULL
);

INSERT INTO "blog_models_author" ("name", "nick", "_created", "_updated") VALUES ('Ada', 'Countess', '2020-03-25 19:34:05.050000+00:00', '2020-03-25 19:34:05.050000+00:00');
INSERT INTO "blog_models_author" ("name", "_created", "_updated") VALUES ('Bob', '2020-03-25 19:34:05+00:00', '2020-03-26 00:00:00+00:00');

INSERT INTO "blog_models_post" ("author_id", "editor_id", "title", "views", "stars", "hits", "big", "score", "price", "live", "day", "at", "meta", "raw", "token", "status", "_created", "_updated")
VALUES (1, 2, 'First', 3, 5, 9007199254740993, 12345678901234567, 0.1, '12.34', TRUE, '2020-03-25', '2020-03-25 19:34:05+00:00', '{"a": 1, "b": [1, 2.5, null], "c": "\u00e9"}', '\x8004', '123e4567-e89b-12d3-a456-426614174000', 2, '2020-03-25 19:34:05.050000+00:00', '2020-03-25 19:34:05.050000+00:00');
INSERT INTO "blog_models_post" ("author_id", "title", "views", "live", "at", "_created", "_updated")
VALUES (1, 'Second', 0, FALSE, '2020-03-25 19:34:05.050000+00:00', '2020-03-25 19:34:05+00:00', '2020-03-25 19:34:05+00:00');
INSERT INTO "blog_models_post" ("author_id", "title", "views", "live", "at", "_created", "_updated")
VALUES (2, 'Third', 7, TRUE, '2020-03-25 00:00:00+00:00', '2020-03-25 00:00:00+00:00', '2020-03-25 00:00:00+00:00');

INSERT INTO "blog_models_token" ("what", "_id", "_created", "_updated") VALUES ('key', '123e4567-e89b-42d3-a456-426614174000', '2020-03-25 00:00:00+00:00', '2020-03-25 19:34:05+00:00');

-- A table as older versions of prom for Python (1.4, and what came before) left it behind on SQLite: other names of types, and
-- times in all the forms that these versions and those who wrote beside them stored, which version 6 still reads.

CREATE TABLE "old_event" (
  "what" TEXT CHECK(length(what) == 1) NOT NULL,
  "done" BOOLEAN NOT NULL,
  "token" CHARACTER(36) NULL,
  "at" TIMESTAMP NULL,
  "_id" INTEGER PRIMARY KEY NOT NULL,
  "_created" TIMESTAMP NOT NULL,
  "_updated" TIMESTAMP NOT NULL
);
CREATE INDEX IF NOT EXISTS 'old_event_at' ON "old_event" ("at");

INSERT INTO "old_event" ("what", "done", "token", "at", "_created", "_updated") VALUES
  ('a', 1, '123e4567-e89b-12d3-a456-426614174000', '2020-03-25T19:34:05.05Z', '2020-03-25 19:34:05', '2020-03-25 19:34:05.5'),
  ('b', 0, NULL, '2020-03-25T19:34:05Z', 1585164845, 1585164845.25),
  ('c', 0, NULL, '20191008T201859.566855', '2020-03-25', '2020-03-25T19:34:05.050001Z'),
  ('d', 1, NULL, '2020-03-25 19:34:06', '2020-03-25T19:34:05', '2020-03-25T21:34:05+02:00'),
  ('e', 1, NULL, 1585164844, '2020-03-25T19:34:05.123Z', '2020-03-25'),
  ('f', 0, NULL, NULL, '2020-03-25T19:34:05Z', '2020-03-25T19:34:05Z'),
  ('g', 0, NULL, '2020-03-25T19:34:05.500000Z', '2020-03-25T19:34:05Z', '2020-03-25T19:34:05Z');

-- A table as older versions of prom for Python (1.4, and what came before) left it behind on PostgreSQL: texts with the length in
-- their type, and times without a zone, which are UTC.

CREATE TABLE "old_event" (
  "what" CHAR(1) NOT NULL,
  "done" BOOL NOT NULL,
  "token" CHARACTER(36) NULL,
  "at" TIMESTAMP WITHOUT TIME ZONE NULL,
  "_id" BIGSERIAL PRIMARY KEY NOT NULL,
  "_created" TIMESTAMP WITHOUT TIME ZONE NOT NULL,
  "_updated" TIMESTAMP WITHOUT TIME ZONE NOT NULL
);
CREATE INDEX "old_event_at" ON "old_event" USING BTREE ("at");

INSERT INTO "old_event" ("what", "done", "token", "at", "_created", "_updated") VALUES
  ('a', TRUE, '123e4567-e89b-12d3-a456-426614174000', '2020-03-25 19:34:05.05', '2020-03-25 19:34:05', '2020-03-25 19:34:05.5'),
  ('b', FALSE, NULL, '2020-03-25 19:34:05', '2020-03-25 19:34:05', '2020-03-25 19:34:05.25'),
  ('c', FALSE, NULL, '2019-10-08 20:18:59.566855', '2020-03-25', '2020-03-25 19:34:05.050001'),
  ('d', TRUE, NULL, '2020-03-25 19:34:06', '2020-03-25 19:34:05', '2020-03-25 19:34:05'),
  ('e', TRUE, NULL, '2020-03-25 19:34:04', '2020-03-25 19:34:05.123', '2020-03-25'),
  ('f', FALSE, NULL, NULL, '2020-03-25 19:34:05', '2020-03-25 19:34:05'),
  ('g', FALSE, NULL, '2020-03-25 19:34:05.5', '2020-03-25 19:34:05', '2020-03-25 19:34:05');

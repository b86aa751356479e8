CREATE TABLE "hostile_defaults" (
	"quote" TEXT NOT NULL DEFAULT 'it''s',
	"double" TEXT NOT NULL DEFAULT 'say "hi"',
	"backslash" TEXT NOT NULL DEFAULT '\',
	"both" TEXT NOT NULL DEFAULT '\''',
	"newline" TEXT NOT NULL DEFAULT 'a
b	c',
	"dollar" TEXT NOT NULL DEFAULT '$tag$ $1 $$',
	"question" TEXT NOT NULL DEFAULT 'what? ?? ?1',
	"comment" TEXT NOT NULL DEFAULT '/* -- */ #',
	"stacked" TEXT NOT NULL DEFAULT '''); DROP TABLE "hostile_defaults"; --',
	"escapes" TEXT NOT NULL DEFAULT '\n\x41\u0041',
	"percent" TEXT NOT NULL DEFAULT '%s %d %',
	"emoji" TEXT NOT NULL DEFAULT '😀 é',
	"bytes" BLOB NOT NULL DEFAULT X'275c22',
	"json" JSONBTEXT NOT NULL DEFAULT '{"a''b": "\\\\ ?"}',
	"_id" INTEGER NOT NULL PRIMARY KEY,
	"_created" TIMESTAMP NOT NULL,
	"_updated" TIMESTAMP NOT NULL
);

ALTER TABLE "hostile_defaults" ADD COLUMN "quote" TEXT NOT NULL DEFAULT 'it''s';
ALTER TABLE "hostile_defaults" ADD COLUMN "double" TEXT NOT NULL DEFAULT 'say "hi"';
ALTER TABLE "hostile_defaults" ADD COLUMN "backslash" TEXT NOT NULL DEFAULT '\';
ALTER TABLE "hostile_defaults" ADD COLUMN "both" TEXT NOT NULL DEFAULT '\''';
ALTER TABLE "hostile_defaults" ADD COLUMN "newline" TEXT NOT NULL DEFAULT 'a
b	c';
ALTER TABLE "hostile_defaults" ADD COLUMN "dollar" TEXT NOT NULL DEFAULT '$tag$ $1 $$';
ALTER TABLE "hostile_defaults" ADD COLUMN "question" TEXT NOT NULL DEFAULT 'what? ?? ?1';
ALTER TABLE "hostile_defaults" ADD COLUMN "comment" TEXT NOT NULL DEFAULT '/* -- */ #';
ALTER TABLE "hostile_defaults" ADD COLUMN "stacked" TEXT NOT NULL DEFAULT '''); DROP TABLE "hostile_defaults"; --';
ALTER TABLE "hostile_defaults" ADD COLUMN "escapes" TEXT NOT NULL DEFAULT '\n\x41\u0041';
ALTER TABLE "hostile_defaults" ADD COLUMN "percent" TEXT NOT NULL DEFAULT '%s %d %';
ALTER TABLE "hostile_defaults" ADD COLUMN "emoji" TEXT NOT NULL DEFAULT '😀 é';
ALTER TABLE "hostile_defaults" ADD COLUMN "bytes" BLOB NOT NULL DEFAULT X'275c22';
ALTER TABLE "hostile_defaults" ADD COLUMN "json" JSONBTEXT NOT NULL DEFAULT '{"a''b": "\\\\ ?"}';
ALTER TABLE "hostile_defaults" ADD COLUMN "_id" INTEGER NOT NULL PRIMARY KEY;
ALTER TABLE "hostile_defaults" ADD COLUMN "_created" TIMESTAMP NOT NULL;
ALTER TABLE "hostile_defaults" ADD COLUMN "_updated" TIMESTAMP NOT NULL;

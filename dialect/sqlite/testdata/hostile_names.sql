CREATE TABLE "group""by; -- Ünïcode" (
	"select" INTEGER NOT NULL PRIMARY KEY,
	"qu""o""""te" TEXT NOT NULL CONSTRAINT "group""by; -- Ünïcode_qu""o""""te_check" CHECK (length("qu""o""""te") >= 1 AND length("qu""o""""te") <= 3),
	"it's" TEXT NOT NULL DEFAULT 'x',
	" a b " TEXT NOT NULL,
	"CamelCase" TEXT NOT NULL CONSTRAINT "group""by; -- Ünïcode_CamelCase_check" CHECK (length("CamelCase") >= 1),
	"1st" INTEGER NOT NULL CONSTRAINT "group""by; -- Ünïcode_1st_check" CHECK ("1st" <= 5),
	"; DROP TABLE x; --" TEXT NOT NULL,
	"$1" TEXT NOT NULL,
	"😀" TEXT NOT NULL,
	"Größe" TEXT NOT NULL,
	"back\slash" TEXT NOT NULL,
	"new
line" TEXT NOT NULL,
	"c23456789012345678901234567890123456789012345678901234567890123" TEXT NOT NULL CONSTRAINT "group""by; -- Ünïcode_c234567890123456789012345678901_a3983774" CHECK (length("c23456789012345678901234567890123456789012345678901234567890123") >= 1 AND length("c23456789012345678901234567890123456789012345678901234567890123") <= 9),
	"[x]" BLOB NOT NULL CONSTRAINT "group""by; -- Ünïcode_[x]_check" CHECK (length("[x]") >= 1 AND length("[x]") <= 2),
	"references" INTEGER CONSTRAINT "group""by; -- Ünïcode_references_fkey" REFERENCES "group""by; -- Ünïcode" ("select") ON UPDATE CASCADE ON DELETE SET NULL
);
CREATE UNIQUE INDEX "group""by; -- Ünïcode_qu""o""""te" ON "group""by; -- Ünïcode" ("qu""o""""te");
CREATE INDEX "group""by; -- Ünïcode_ a b " ON "group""by; -- Ünïcode" (" a b ");
CREATE UNIQUE INDEX "group""by; -- Ünïcode_c234567890123456789012345678901_d3127d2b" ON "group""by; -- Ünïcode" ("c23456789012345678901234567890123456789012345678901234567890123");
CREATE INDEX "group""by; -- Ünïcode_we""ird" ON "group""by; -- Ünïcode" ("select" DESC, "; DROP TABLE x; --");

ALTER TABLE "group""by; -- Ünïcode" ADD COLUMN "select" INTEGER NOT NULL PRIMARY KEY;
ALTER TABLE "group""by; -- Ünïcode" ADD COLUMN "qu""o""""te" TEXT NOT NULL CONSTRAINT "group""by; -- Ünïcode_qu""o""""te_check" CHECK (length("qu""o""""te") >= 1 AND length("qu""o""""te") <= 3);
ALTER TABLE "group""by; -- Ünïcode" ADD COLUMN "it's" TEXT NOT NULL DEFAULT 'x';
ALTER TABLE "group""by; -- Ünïcode" ADD COLUMN " a b " TEXT NOT NULL;
ALTER TABLE "group""by; -- Ünïcode" ADD COLUMN "CamelCase" TEXT NOT NULL CONSTRAINT "group""by; -- Ünïcode_CamelCase_check" CHECK (length("CamelCase") >= 1);
ALTER TABLE "group""by; -- Ünïcode" ADD COLUMN "1st" INTEGER NOT NULL CONSTRAINT "group""by; -- Ünïcode_1st_check" CHECK ("1st" <= 5);
ALTER TABLE "group""by; -- Ünïcode" ADD COLUMN "; DROP TABLE x; --" TEXT NOT NULL;
ALTER TABLE "group""by; -- Ünïcode" ADD COLUMN "$1" TEXT NOT NULL;
ALTER TABLE "group""by; -- Ünïcode" ADD COLUMN "😀" TEXT NOT NULL;
ALTER TABLE "group""by; -- Ünïcode" ADD COLUMN "Größe" TEXT NOT NULL;
ALTER TABLE "group""by; -- Ünïcode" ADD COLUMN "back\slash" TEXT NOT NULL;
ALTER TABLE "group""by; -- Ünïcode" ADD COLUMN "new
line" TEXT NOT NULL;
ALTER TABLE "group""by; -- Ünïcode" ADD COLUMN "c23456789012345678901234567890123456789012345678901234567890123" TEXT NOT NULL CONSTRAINT "group""by; -- Ünïcode_c234567890123456789012345678901_a3983774" CHECK (length("c23456789012345678901234567890123456789012345678901234567890123") >= 1 AND length("c23456789012345678901234567890123456789012345678901234567890123") <= 9);
ALTER TABLE "group""by; -- Ünïcode" ADD COLUMN "[x]" BLOB NOT NULL CONSTRAINT "group""by; -- Ünïcode_[x]_check" CHECK (length("[x]") >= 1 AND length("[x]") <= 2);
ALTER TABLE "group""by; -- Ünïcode" ADD COLUMN "references" INTEGER CONSTRAINT "group""by; -- Ünïcode_references_fkey" REFERENCES "group""by; -- Ünïcode" ("select") ON UPDATE CASCADE ON DELETE SET NULL;

CREATE TABLE "small_key" (
	"id" INTEGER NOT NULL PRIMARY KEY CONSTRAINT "small_key_id_check" CHECK ("id" >= -128 AND "id" <= 127),
	"x" INTEGER NOT NULL
);

ALTER TABLE "small_key" ADD COLUMN "id" INTEGER NOT NULL PRIMARY KEY CONSTRAINT "small_key_id_check" CHECK ("id" >= -128 AND "id" <= 127);
ALTER TABLE "small_key" ADD COLUMN "x" INTEGER NOT NULL;

CREATE TABLE "uint_key" (
	"id" INTEGER NOT NULL PRIMARY KEY DESC CONSTRAINT "uint_key_id_check" CHECK ("id" >= 0)
);

ALTER TABLE "uint_key" ADD COLUMN "id" INTEGER NOT NULL PRIMARY KEY CONSTRAINT "uint_key_id_check" CHECK ("id" >= 0);

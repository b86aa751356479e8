CREATE TABLE "uint_key" (
	"id" NUMERIC(20,0) NOT NULL CONSTRAINT "uint_key_id_check" CHECK ("id" >= 0),
	PRIMARY KEY ("id")
);

ALTER TABLE "uint_key" ADD COLUMN "id" NUMERIC(20,0) NOT NULL PRIMARY KEY CONSTRAINT "uint_key_id_check" CHECK ("id" >= 0);

CREATE TABLE "limits" (
	"range" TEXT NOT NULL CONSTRAINT "limits_range_check" CHECK (length("range") >= 2 AND length("range") <= 5),
	"exact" TEXT NOT NULL CONSTRAINT "limits_exact_check" CHECK (length("exact") = 3),
	"at_least" TEXT NOT NULL CONSTRAINT "limits_at_least_check" CHECK (length("at_least") >= 2),
	"at_most" TEXT NOT NULL CONSTRAINT "limits_at_most_check" CHECK (length("at_most") <= 5),
	"bytes" BLOB NOT NULL CONSTRAINT "limits_bytes_check" CHECK (length("bytes") >= 1 AND length("bytes") <= 4),
	"null" TEXT CONSTRAINT "limits_null_check" CHECK (length("null") >= 1 AND length("null") <= 2),
	"folded" TEXT COLLATE NOCASE NOT NULL CONSTRAINT "limits_folded_check" CHECK (length("folded") <= 5),
	"int" INTEGER NOT NULL CONSTRAINT "limits_int_check" CHECK ("int" >= -5 AND "int" <= 5),
	"int_min" INTEGER NOT NULL CONSTRAINT "limits_int_min_check" CHECK ("int_min" >= 1 AND "int_min" <= 127),
	"uint" INTEGER NOT NULL CONSTRAINT "limits_uint_check" CHECK ("uint" >= 0 AND "uint" <= 10),
	"uint_min" INTEGER CONSTRAINT "limits_uint_min_check" CHECK ("uint_min" >= 3),
	"f64" REAL NOT NULL CONSTRAINT "limits_f64_check" CHECK ("f64" >= -0.5 AND "f64" <= 1.5),
	"f32" REAL CONSTRAINT "limits_f32_check" CHECK ("f32" <= 0.10000000149011612),
	"check" TEXT NOT NULL CONSTRAINT "limits_check_check" CHECK (length("check") >= 1),
	"_id" INTEGER NOT NULL PRIMARY KEY,
	"_created" TIMESTAMP NOT NULL,
	"_updated" TIMESTAMP NOT NULL
);

ALTER TABLE "limits" ADD COLUMN "range" TEXT NOT NULL CONSTRAINT "limits_range_check" CHECK (length("range") >= 2 AND length("range") <= 5);
ALTER TABLE "limits" ADD COLUMN "exact" TEXT NOT NULL CONSTRAINT "limits_exact_check" CHECK (length("exact") = 3);
ALTER TABLE "limits" ADD COLUMN "at_least" TEXT NOT NULL CONSTRAINT "limits_at_least_check" CHECK (length("at_least") >= 2);
ALTER TABLE "limits" ADD COLUMN "at_most" TEXT NOT NULL CONSTRAINT "limits_at_most_check" CHECK (length("at_most") <= 5);
ALTER TABLE "limits" ADD COLUMN "bytes" BLOB NOT NULL CONSTRAINT "limits_bytes_check" CHECK (length("bytes") >= 1 AND length("bytes") <= 4);
ALTER TABLE "limits" ADD COLUMN "null" TEXT CONSTRAINT "limits_null_check" CHECK (length("null") >= 1 AND length("null") <= 2);
ALTER TABLE "limits" ADD COLUMN "folded" TEXT COLLATE NOCASE NOT NULL CONSTRAINT "limits_folded_check" CHECK (length("folded") <= 5);
ALTER TABLE "limits" ADD COLUMN "int" INTEGER NOT NULL CONSTRAINT "limits_int_check" CHECK ("int" >= -5 AND "int" <= 5);
ALTER TABLE "limits" ADD COLUMN "int_min" INTEGER NOT NULL CONSTRAINT "limits_int_min_check" CHECK ("int_min" >= 1 AND "int_min" <= 127);
ALTER TABLE "limits" ADD COLUMN "uint" INTEGER NOT NULL CONSTRAINT "limits_uint_check" CHECK ("uint" >= 0 AND "uint" <= 10);
ALTER TABLE "limits" ADD COLUMN "uint_min" INTEGER CONSTRAINT "limits_uint_min_check" CHECK ("uint_min" >= 3);
ALTER TABLE "limits" ADD COLUMN "f64" REAL NOT NULL CONSTRAINT "limits_f64_check" CHECK ("f64" >= -0.5 AND "f64" <= 1.5);
ALTER TABLE "limits" ADD COLUMN "f32" REAL CONSTRAINT "limits_f32_check" CHECK ("f32" <= 0.10000000149011612);
ALTER TABLE "limits" ADD COLUMN "check" TEXT NOT NULL CONSTRAINT "limits_check_check" CHECK (length("check") >= 1);
ALTER TABLE "limits" ADD COLUMN "_id" INTEGER NOT NULL PRIMARY KEY;
ALTER TABLE "limits" ADD COLUMN "_created" TIMESTAMP NOT NULL;
ALTER TABLE "limits" ADD COLUMN "_updated" TIMESTAMP NOT NULL;

package modelgen

import (
	"bytes"
	"context"
	"strings"
	"testing"

	"github.com/matryer/is"

	"github.com/prom-go/prom"
	"github.com/prom-go/prom/internal/dbtest"
)

// Ensure that a foreign key leads to the partitioned table and not to a partition, that a
// model says how its table is partitioned and partitions have none, that no constraint EXCLUDE becomes an index, and
// that expressions over types that the model has otherwise are left to the database.
func TestConstructs(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	ctx := context.Background()
	dsn := dbtest.Postgres(t)
	db, err := new(prom.Registry).Open(dsn)
	is.NoErr(err)
	t.Cleanup(func() { is.NoErr(db.Close()) })
	raw, err := db.SQL(ctx)
	is.NoErr(err)
	for _, sql := range []string{
		`CREATE TABLE job (id bigint, part int, PRIMARY KEY (part, id)) PARTITION BY LIST (part)`,
		`CREATE TABLE a_part PARTITION OF job FOR VALUES IN (1)`,
		`CREATE TABLE reading (id bigserial, at timestamptz, "day it" date, n int NOT NULL, PRIMARY KEY (id, at)) PARTITION BY RANGE (at)`,
		`CREATE TABLE reading_rest PARTITION OF reading DEFAULT`,
		`CREATE TABLE reading_1 PARTITION OF reading FOR VALUES FROM ('2024-01-01Z') TO ('2024-02-01Z')`,
		`CREATE TABLE reading_2 PARTITION OF reading FOR VALUES FROM ('2024-03-01Z') TO ('2024-04-01Z')`,
		`CREATE TABLE visit (day date PRIMARY KEY) PARTITION BY RANGE (day)`,
		`CREATE TABLE visit_1 PARTITION OF visit FOR VALUES FROM ('2024-01-01') TO ('2024-01-08')`,
		`CREATE TABLE odd (at timestamptz PRIMARY KEY) PARTITION BY RANGE (at)`,
		`CREATE TABLE odd_1 PARTITION OF odd FOR VALUES FROM ('2024-01-01Z') TO ('2024-01-08Z')`,
		`CREATE TABLE odd_2 PARTITION OF odd FOR VALUES FROM ('2024-01-08Z') TO ('2024-01-10Z')`,
		`CREATE TABLE spread (id uuid PRIMARY KEY) PARTITION BY HASH (id)`,
		`CREATE TABLE spread_1 PARTITION OF spread FOR VALUES WITH (MODULUS 2, REMAINDER 0)`,
		`CREATE TABLE spread_2 PARTITION OF spread FOR VALUES WITH (MODULUS 2, REMAINDER 1)`,
		`CREATE TABLE file (id bigint PRIMARY KEY, job bigint NOT NULL, part int NOT NULL, FOREIGN KEY (part, job) REFERENCES job (part, id))`,
		`CREATE TABLE item (code varchar(9) PRIMARY KEY, price numeric, prefix text GENERATED ALWAYS AS (left(code, 3)) STORED,
			twice numeric GENERATED ALWAYS AS (price * 2) STORED, during int4range, CONSTRAINT apart EXCLUDE USING gist (during WITH &&))`,
		`CREATE INDEX item_dear ON item (code) WHERE price > 5`, `CREATE INDEX item_long ON item (code) WHERE length(code) > 5`,
	} {
		_, err := raw.Exec(sql)
		is.NoErr(err)
	}
	var source bytes.Buffer
	is.NoErr(run(ctx, []string{"-dsn", dsn}, &source))
	text := strings.Join(strings.Fields(source.String()), " ")
	for want, is := range map[string]bool{
		`partition=month(at)"`: true, `partition=week(day)"`: true, `partition=hash(id),partitions=2"`: true,
		"The table is partitioned by RANGE (at), which no tag says.":  true,
		"The table is partitioned by LIST (part), which no tag says.": true,
		"type Reading1 ": false, "type APart ": false,
		"prom.CompositeRef[Job]": true, "prom.CompositeRef[APart]": false,
		`The constraint "apart" is EXCLUDE, which no tag says. It is left out.`: true, "using=gist": false,
		"Twice *string `prom:\"readonly\"`": true, `generated='\"left\"`: true,
		`The index "item_dear" is one that a tag cannot say. It is left out.`: true, "index=long,on=code,where=": true,
	} {
		if strings.Contains(text, want) != is {
			t.Errorf("%s: %v\n%s", want, !is, source.String())
		}
	}
}

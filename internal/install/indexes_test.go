package install_test

import (
	"context"
	"strings"
	"testing"

	"github.com/matryer/is"

	"github.com/prom-go/prom/internal/dbtest"
	"github.com/prom-go/prom/schema"
)

// Ensure that a column may have several indexes, that a plan makes each on a table with rows beside which others write,
// whatever its method is, that none is made which exists under another name, and that an invalid one is rebuilt.
func TestSeveralIndexes(t *testing.T) {
	t.Parallel()
	type first struct {
		ID   int64 `prom:"key,auto"`
		Word string
		Tags []string
		Doc  any
	}
	type several struct {
		ID   int64    `prom:"key,auto"`
		Word string   `prom:"index,unique=only"`
		Tags []string `prom:"index,using=gin"`
		Doc  any      `prom:"index,using=gin,ops=jsonb_path_ops"`
		_    struct{} `prom:"index=part,on=word,where='id > 3'"`
		_    struct{} `prom:"index=expr,on='lower(word) desc, id'"`
		_    struct{} `prom:"index=pattern,on=word,ops=text_pattern_ops"`
		_    struct{} `prom:"index=covering,on='word desc',include='id, tags'"`
		_    struct{} `prom:"index=hashed,on=word,using=hash"`
		_    struct{} `prom:"index=brin,on='word, id',using=brin"`
		_    struct{} `prom:"index=spgist,on=word,using=spgist"`
		_    struct{} `prom:"index=gist,on='(int8range(id, id))',using=gist"`
		_    struct{} `prom:"index=plain_doc,on=doc,using=gin"`
	}
	is := is.New(t)
	ctx := context.Background()
	db := open(t, dbtest.Postgres(t))
	before, now := named[first](t, "thing"), named[several](t, "thing")
	ensure(ctx, t, db, before)
	runSQL(t, db, `INSERT INTO "thing" ("word", "tags", "doc") VALUES ('w', '{}', '{}')`)
	steps := planOf(ctx, t, db, now)
	is.Equal(len(steps), len(now.Indexes))
	for _, s := range steps {
		is.Equal(s.Kind, schema.CreateIndex)
		is.Equal(s.Risk, schema.Additive)
		is.True(s.Apart && strings.Contains(s.SQL[0], "INDEX CONCURRENTLY "))
	}
	whole(ctx, t, db, now)
	found, err := db.InspectAll(ctx, "thing")
	is.NoErr(err)
	is.Equal(len(found.Indexes), len(now.Indexes))

	// Under other names they are not made again, and what is left invalid is.
	var rename []string
	for _, ix := range found.Indexes {
		rename = append(rename, `ALTER INDEX "`+ix.Name+`" RENAME TO "their `+ix.Name+`"`)
	}
	runSQL(t, db, rename...)
	is.Equal(planOf(ctx, t, db, now), nil)
	runSQL(t, db, renamedBack(rename)...)
	runSQL(t, db, `UPDATE pg_index SET indisvalid = false WHERE indexrelid IN ('thing_gist'::regclass, 'thing_brin'::regclass)`)
	left := planOf(ctx, t, db, now)
	is.Equal(len(left), 2)
	for _, s := range left {
		is.Equal(s.Aspect, schema.AspectValid)
	}
	whole(ctx, t, db, now)
}

// Ensure that an index with an operator class or INCLUDE columns is not created again, which exists under another name.
func TestOtherNames(t *testing.T) {
	t.Parallel()
	type theirs struct {
		ID   int64    `prom:"key,auto"`
		Word string   `prom:"index,ops=text_pattern_ops"`
		Doc  any      `prom:"index,using=gin,ops=jsonb_path_ops"`
		_    struct{} `prom:"index=covering,on=word,include=id"`
	}
	is := is.New(t)
	ctx := context.Background()
	db := open(t, dbtest.Postgres(t))
	table := named[theirs](t, "thing")
	runSQL(t, db, `CREATE TABLE "thing" ("id" bigserial PRIMARY KEY, "word" text NOT NULL, "doc" jsonb NOT NULL)`,
		`CREATE INDEX a ON thing (word text_pattern_ops)`, `CREATE INDEX b ON thing USING gin (doc jsonb_path_ops)`,
		`CREATE INDEX c ON thing (word) INCLUDE (id)`)
	ensure(ctx, t, db, table)
	found, err := db.InspectAll(ctx, "thing")
	is.NoErr(err)
	is.Equal(len(found.Indexes), 3)
	is.Equal(planOf(ctx, t, db, table), nil)
}

// renamedBack takes renamings back.
func renamedBack(list []string) (back []string) {
	for _, sql := range list {
		name := strings.Split(sql, `"`)[1]
		back = append(back, `ALTER INDEX "their `+name+`" RENAME TO "`+name+`"`)
	}
	return back
}

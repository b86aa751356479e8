package install

import (
	"context"
	"slices"
	"strings"

	"github.com/prom-go/prom/dialect"
	"github.com/prom-go/prom/internal/db"
	"github.com/prom-go/prom/internal/db/driver"
	"github.com/prom-go/prom/schema"
)

// Drop drops a table. One that other tables refer to is left, with an error that names them: on one engine their rows
// would go, and on the other their references.
func Drop(ctx context.Context, db *db.DB, table string) error {
	return destroy(ctx, db, "drop", table, func(ctx context.Context) ([]string, error) {
		referrers, err := db.Referrers(ctx, table)
		if err != nil {
			return nil, err
		}
		if referrers != nil {
			return nil, &driver.Error{Kind: driver.KindForeignKey, Op: "drop", Table: table,
				Detail: "these tables refer to it: " + strings.Join(referrers, ", ") +
					"; drop those first, or all by UnsafeDropAll"}
		}
		found, err := db.InspectAll(ctx, table)
		var list []string
		space, _ := schema.SplitName(table)
		for _, ix := range found.Indexes {
			if ix.SQL != "" { // a table of FTS5
				list = append(list, schema.JoinName(space, ix.Name))
			}
		}
		return db.Dialect().DropTables(append(list, table)), err
	})
}

// DropAll drops all tables and views that lie where new tables go.
func DropAll(ctx context.Context, db *db.DB) error {
	return destroy(ctx, db, "drop", "", func(ctx context.Context) ([]string, error) {
		tables, views, err := own(ctx, db, dialect.SortFullText)
		var statements []string
		for _, v := range views {
			statements = append(statements, db.Dialect().DropView(v.Name, v.Sort))
		}
		return append(statements, db.Dialect().DropTables(tables)...), err
	})
}

// ClearAll deletes all rows of the tables that lie where new tables go.
func ClearAll(ctx context.Context, db *db.DB) error {
	return destroy(ctx, db, "clear", "", func(ctx context.Context) ([]string, error) {
		tables, _, err := own(ctx, db)
		return db.Dialect().ClearTables(tables), err
	})
}

// destroy runs statements in one transaction, in which no table is installed, and forgets what is known of the tables.
func destroy(ctx context.Context, db *db.DB, op, table string,
	statements func(ctx context.Context) ([]string, error)) error {
	if db.ReadOnly() {
		return &driver.Error{Kind: driver.KindReadOnly, Op: op, Table: table,
			Detail: "the connection was opened with readonly=true"}
	}
	ctx = db.Unlimited(ctx)
	defer db.ForgetMarks(ctx)
	return db.Tx(ctx, func(ctx context.Context) error {
		in := newInstaller(ctx, db)
		in.begin()
		if in.err != nil {
			return in.err
		}
		list, err := statements(ctx)
		if err != nil {
			return err
		}
		in.op = op
		in.run(list, table)
		in.run(in.d.InstallEnd(), table)
		return in.err
	})
}

// own lists the tables where new tables go, those that refer to others first, and the views. Before the tables come
// what is of the sorts given.
func own(ctx context.Context, db *db.DB, sorts ...string) (tables []string, views []db.Relation, err error) {
	list, err := db.Relations(ctx)
	if err != nil {
		return nil, nil, err
	}
	var first []string
	for _, r := range list {
		switch {
		case !r.Own:
		case slices.Contains(sorts, r.Sort):
			first = append(first, r.Name)
		case r.Sort == dialect.SortFullText:
		case r.Sort == dialect.SortTable:
			tables = append(tables, r.Name)
		case r.Sort != dialect.SortForeign:
			views = append(views, r)
		}
	}
	pairs, err := db.References(ctx)
	return append(first, referrersFirst(tables, pairs)...), views, err
}

// referrersFirst puts tables in an order in which each comes before those that it refers to. Circles are cut where they
// are met.
func referrersFirst(tables []string, pairs [][2]string) []string {
	var order []string
	seen := map[string]bool{}
	var visit func(name string)
	visit = func(name string) {
		if seen[name] {
			return
		}
		seen[name] = true
		for _, p := range pairs {
			if p[0] == name {
				visit(p[1])
			}
		}
		if slices.Contains(tables, name) {
			order = append(order, name)
		}
	}
	for _, t := range tables {
		visit(t)
	}
	slices.Reverse(order)
	return order
}

package walk

import (
	"context"
	"slices"
	"strings"

	"github.com/prom-go/prom"
	"github.com/prom-go/prom/schema"
)

// untold returns what the tables of the models have, as the database lists it, that is neither in the models nor in the
// plan's list of what is not modelled.
func (w *walker) untold(ctx context.Context, plan *prom.SchemaPlan) (missing []string) {
	for _, t := range w.tables {
		s := t.schema()
		if w.isView(t) {
			continue
		}
		known := map[string]bool{}
		for _, c := range s.Columns {
			known["column "+strings.ToLower(c.Name)] = true
		}
		for _, ix := range s.Indexes {
			known["index "+strings.ToLower(ix.Name)] = true
		}
		for _, d := range plan.NotModelled {
			if d.Table == s.Name {
				known[string(d.Object)+" "+strings.ToLower(d.Name)] = true
			}
		}
		query := objectsOfPostgres
		if !w.isPostgres() {
			query = objectsOfSQLite
		}
		list, err := w.texts(ctx, query, s.Name)
		if err != nil {
			w.fault(t, "objects", "%v", err)
		}
		for _, object := range list {
			sort, name, _ := strings.Cut(object, " ")
			switch {
			case known[sort+" "+strings.ToLower(name)]:
			case sort == "index" && w.covers(t, name):
			default:
				missing = append(missing, s.Name+": "+object)
			}
		}
	}
	return missing
}

const objectsOfPostgres = `
SELECT 'column ' || attname FROM pg_attribute WHERE attrelid = to_regclass(quote_ident($1)) AND attnum > 0 AND NOT attisdropped
UNION ALL
SELECT 'index ' || c.relname FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
	WHERE indrelid = to_regclass(quote_ident($1)) AND NOT indisprimary
UNION ALL
SELECT 'check ' || conname FROM pg_constraint WHERE conrelid = to_regclass(quote_ident($1)) AND contype IN ('c', 'x')`

const objectsOfSQLite = `
SELECT 'column ' || name FROM pragma_table_info(?1)
UNION ALL
SELECT 'index ' || name FROM pragma_index_list(?1) WHERE origin <> 'pk'`

// covers reports whether an index of the model is one of the database under another name.
func (w *walker) covers(t table, name string) bool {
	table := w.found[t.schema().Name]
	found := table.Index(name)
	return found != nil && slices.ContainsFunc(t.schema().Indexes, func(ix *schema.Index) bool {
		return slices.Equal(ix.Names(), found.Names()) && ix.Unique == found.Unique
	})
}

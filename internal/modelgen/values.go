package modelgen

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/prom-go/prom"
	"github.com/prom-go/prom/schema"
)

// lookAtValues gives the columns of a table of SQLite, where a column of any type holds values of all classes, kinds
// that read what is there: programs keep letters in columns of numbers, and empty texts where a time is missing. It
// returns why a column cannot be read, by its name.
func lookAtValues(ctx context.Context, db *prom.DB, table string, found *schema.Found) (unread map[string]string, err error) {
	unread = map[string]string{}
	for i := range found.Columns {
		c := &found.Columns[i]
		if found.View && c.Kind != schema.Null { // it has the type of a table's column
			continue
		}
		classes, err := classesOf(ctx, db, table, c.Name)
		if err != nil && found.View {
			unread[c.Name] = "of the view cannot be read"
			continue
		}
		if err != nil {
			return nil, err
		}
		values := "SELECT DISTINCT " + db.Dialect().Quote(c.Name) + " AS v FROM " + db.Dialect().Table(table) + " WHERE " +
			db.Dialect().Quote(c.Name) + " IS NOT NULL"
		kind, ok := schema.Null, len(classes) == 0
		for _, k := range candidates(c.Kind, c.Type, classes) {
			if ok = reads(ctx, db, k, values); !ok {
				continue
			}
			mixed, err := isMixed(ctx, db, table, c.Name, k)
			if err != nil {
				return nil, err
			}
			if mixed && (k == schema.Date || k == schema.UUID) {
				continue // which a tag cannot say of them
			}
			if kind = k; mixed && k == schema.Time {
				c.Form = schema.FormMixed
			}
			break
		}
		switch {
		case !ok && !found.View:
			c.Kind = schema.Any
		case !ok && c.Kind != schema.Null:
			unread[c.Name] = fmt.Sprintf("is declared %s and holds values of the classes %s, which no field reads", c.Type,
				strings.Join(classes, ", "))
			c.Kind = schema.Null
		case !ok:
			unread[c.Name] = fmt.Sprintf("holds values of the classes %s, which no field reads", strings.Join(classes, ", "))
		case kind != schema.Null:
			c.Kind = kind
		}
	}
	return unread, ctx.Err()
}

// classesOf lists the storage classes of a column's values but NULL.
func classesOf(ctx context.Context, db *prom.DB, table, column string) ([]string, error) {
	return prom.RawQuery[string](db, "SELECT DISTINCT typeof("+db.Dialect().Quote(column)+") FROM "+
		db.Dialect().Table(table)+" WHERE "+db.Dialect().Quote(column)+" IS NOT NULL ORDER BY 1").All(ctx)
}

// isMixed reports whether the values of a column have several forms as a kind.
func isMixed(ctx context.Context, db *prom.DB, table, column string, k schema.Kind) (bool, error) {
	if !db.Dialect().Sampled(k) {
		return false, nil
	}
	n, err := prom.RawQuery[int](db, db.Dialect().CountForms(table, []*schema.Column{{Name: column, Kind: k}})).First(ctx)
	return n > 1, err
}

// candidates returns the kinds that may read a column: its own first, none where values of these classes are what it is
// for, and then those that a column of its type returns as they were stored. Without one, an AnyValue reads them.
func candidates(k schema.Kind, typ string, classes []string) []schema.Kind {
	only := func(list ...string) bool {
		for _, c := range classes {
			if !strings.Contains(strings.Join(list, " "), c) {
				return false
			}
		}
		return len(classes) > 0
	}
	switch {
	case len(classes) == 0:
		return nil
	case k == schema.Null && only("integer"):
		return []schema.Kind{schema.Int64}
	case k == schema.Null && only("integer", "real"):
		return []schema.Kind{schema.Float64}
	case k == schema.Null && only("blob"):
		return []schema.Kind{schema.Bytes}
	case k == schema.Null && typ == "" && len(classes) > 1:
		return nil // where 7 and '7' are two values
	case k == schema.Null:
		return []schema.Kind{schema.Text}
	case k == schema.Int64, k == schema.Float64:
		return []schema.Kind{k, schema.Bool}
	case k == schema.Bool:
		return []schema.Kind{k, schema.Int64}
	case k == schema.Date:
		return []schema.Kind{k, schema.Time, schema.Text, schema.Bytes}
	}
	return []schema.Kind{k, schema.Text, schema.Bytes}
}

// reads reports whether values are read as a kind, without losing something of them.
func reads(ctx context.Context, db *prom.DB, k schema.Kind, query string) bool {
	switch k {
	case schema.Bool:
		return readsAs(ctx, db, query, whole[bool])
	case schema.Int64:
		return readsAs(ctx, db, query, whole[int64])
	case schema.Float64:
		return readsAs(ctx, db, query, whole[float64])
	case schema.Bytes:
		return readsAs(ctx, db, query, whole[[]byte])
	case schema.Time:
		return readsAs(ctx, db, query, whole[time.Time])
	case schema.Date:
		return readsAs(ctx, db, query, func(t time.Time) bool { return t.Equal(t.Truncate(24 * time.Hour)) })
	case schema.Clock:
		return readsAs(ctx, db, query, whole[clock])
	case schema.UUID:
		return readsAs(ctx, db, query, whole[prom.UUID])
	case schema.JSON:
		return readsAs(ctx, db, query, func(s string) bool { return json.Valid([]byte(s)) })
	}
	return readsAs(ctx, db, query, whole[string])
}

// clock is a time of day as a result.
type clock struct {
	V time.Duration `prom:"v,clock"`
}

func whole[V any](V) bool { return true }

func readsAs[V any](ctx context.Context, db *prom.DB, query string, is func(v V) bool) bool {
	for v, err := range prom.RawQuery[V](db, query).Stream(ctx) {
		if err != nil || !is(v) {
			return false
		}
	}
	return true
}

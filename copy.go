package prom

import (
	"context"

	"github.com/prom-go/prom/query"
)

// Mapping says which term of a row of S [Copy] puts into which field of D; [To] makes it.
type Mapping[D, S any] = query.Mapping[*D, *S]

// To maps a term of the rows of S to a field of D.
func To[D, S, V any](field interface {
	Term[D, V]
	Columner
}, t Term[S, V]) Mapping[D, S] {
	return query.To(field, t)
}

// Copy inserts a row of D for each row of a query, in one statement, and returns how many they were. Columns of D that nothing is
// mapped to have what a new row has: their times, version and default, NULL, or the key that the database makes. One that needs a
// value and has none of these is an error before any SQL. Rules that hold in Go alone are not checked, since the values do not come
// there.
func Copy[D, S any](ctx context.Context, to *Repo[D], from *Query[S], maps ...Mapping[D, S]) (int, error) {
	b, err := to.bind()
	if err != nil {
		return 0, err
	}
	w := to.take()
	defer to.give(w)
	text, args, err := query.Copy(b.stmts, w.args, from.Nested(), maps, now())
	if err != nil {
		return 0, errorOf("copy", to.table, err)
	}
	w.args = args
	w.setText("copy", text)
	w.Write = true
	n, err := b.exec(ctx, &w.call)
	return int(n), err
}

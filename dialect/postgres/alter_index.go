package postgres

import (
	"strings"

	"github.com/prom-go/prom/dialect"
	"github.com/prom-go/prom/schema"
)

func (w *alteration) index(drift *schema.Drift) schema.Step {
	place := drift.At
	name := dialect.Quote(drift.Name)
	if drift.Sort == schema.Extra {
		risk := schema.Lossy
		if strings.HasPrefix(drift.Name, dialect.Passing) {
			risk = schema.Additive // left over
		}
		s := w.apart(schema.DropIndex, drift, risk, "DROP INDEX CONCURRENTLY "+w.d.Index(w.Table.Name, drift.Name))
		if place.HaveIndex.Bound {
			s = w.new(schema.DropIndex, drift, risk, w.alter("DROP CONSTRAINT "+name))
		}
		s.Blocked = schema.Texts(w.Have.Holding(drift.Name, schema.HoldsIndex))
		return s
	}
	create := w.d.createIndex(w.Table, place.Index)
	concurrently := strings.Replace(create, "INDEX ", "INDEX CONCURRENTLY ", 1)
	var s schema.Step
	switch {
	case drift.Sort == schema.Missing && !w.Filled:
		return w.new(schema.CreateIndex, drift, schema.Additive, create)
	case drift.Sort == schema.Missing:
		s = w.apart(schema.CreateIndex, drift, schema.Additive, concurrently)
	case drift.Aspect == schema.AspectValid:
		s = w.apart(schema.ReplaceIndex, drift, schema.Additive,
			"DROP INDEX CONCURRENTLY IF EXISTS "+w.d.Index(w.Table.Name, drift.Name), concurrently)
	case place.HaveIndex.Bound:
		return dialect.ByHand(drift, "it belongs to a constraint of another program; drop the constraint, and plan again")
	default:
		other := *place.Index
		other.Name = schema.IndexName(dialect.Passing, drift.Name)
		passed := w.d.Index(w.Table.Name, other.Name)
		s = w.apart(schema.ReplaceIndex, drift, dialect.Replacing(drift, schema.Locking),
			"DROP INDEX CONCURRENTLY IF EXISTS "+passed,
			strings.Replace(w.d.createIndex(w.Table, &other), "INDEX ", "INDEX CONCURRENTLY ", 1),
			"DROP INDEX "+w.d.Index(w.Table.Name, drift.Name)+"; ALTER INDEX "+passed+" RENAME TO "+name)
	}
	if place.Index.Unique {
		s.Probe = dialect.UniqueProbe(w.d, w.Table, place.Index)
	}
	if s.Kind == schema.ReplaceIndex {
		s.Blocked = schema.Texts(w.Have.Holding(drift.Name, schema.HoldsIndex))
	}
	return s
}

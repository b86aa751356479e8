package ast

import (
	"testing"

	"github.com/matryer/is"

	"github.com/prom-go/prom/schema"
)

// Ensure that only a condition which holds for every row says that a column has one value.
func TestFixes(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	c, other := &schema.Column{Name: "a"}, &schema.Column{Name: "b"}
	one := schema.IntValue(schema.Int64, 1)
	eq := Cond{Op: OpEq, Col: c, Val: one}
	for _, tt := range []struct {
		cond Cond
		want bool
	}{
		{eq, true},
		{Cond{Op: OpAnd, Kids: []Cond{{Op: OpGt, Col: other, Val: one}, eq}}, true},
		{Cond{Op: OpOr, Kids: []Cond{eq, {Op: OpEq, Col: other, Val: one}}}, false},
		{Cond{Op: OpNot, Kids: []Cond{eq}}, false},
		{Cond{Op: OpEq, Col: other, Val: one}, false},
		{Cond{Op: OpGe, Col: c, Val: one}, false},
		{Cond{Op: OpEq, Col: c}, false},
		{Cond{}, false},
	} {
		is.Equal(Spec{}.And(tt.cond).Fixes(c), tt.want)
	}
}

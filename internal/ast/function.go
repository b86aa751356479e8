package ast

import (
	"errors"

	"github.com/prom-go/prom/schema"
)

// Wider returns what numbers like those of a column become when they are computed with: both engines compute with 64 bits.
func Wider(c *schema.Column) *schema.Column {
	switch c.Kind {
	case schema.Int16, schema.Int32, schema.Int64:
		return KindColumns[schema.Int64]
	case schema.Float32, schema.Float64:
		return KindColumns[schema.Float64]
	}
	return c
}

// PlainText returns the kind of a text that a function made of one.
func PlainText(c *schema.Column) *schema.Column {
	if c.NoCase {
		return c
	}
	return KindColumns[schema.Text]
}

func TextArg(s string) *Expr {
	return &Expr{Op: ExprValue, Like: KindColumns[schema.Text], Val: schema.TextValue(schema.Text, s), Err: checkText(s)}
}

func Int32Arg(n int) *Expr {
	e := &Expr{Op: ExprValue, Like: KindColumns[schema.Int32], Val: schema.IntValue(schema.Int32, int64(n))}
	if n != int(int32(n)) {
		e.Err = errors.New("the number is outside of 32 bits")
	}
	return e
}

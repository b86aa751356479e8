package schema

import (
	"errors"
	"fmt"
	"math"
	"reflect"
	"regexp"
	"strconv"
	"strings"
)

// setRules reads the options that limit a column's values.
func (c *Column) setRules(tg *tag) error {
	c.Rules.NonEmpty = tg.has("nonempty")
	if err := c.setBounds(tg); err != nil {
		return err
	}
	kind, typ := c.Kind.Elem(), Unwrap(c.Type)
	for range c.Dims { // down to the elements, which may be NULL
		typ = Unwrap(typ.Elem())
	}
	if s, ok := tg.value("choices"); ok {
		if !kind.Integer() && kind != Text {
			return fmt.Errorf("choices is for texts and integers, not for %s", c.Type)
		}
		c.Rules.Choices = strings.Split(s, "|")
	} else if c.Codec == nil {
		c.Rules.Choices = enumChoices(typ)
	}
	for i, choice := range c.Rules.Choices {
		if kind.Integer() {
			v, err := ParseLiteral(kind, choice)
			if err != nil || !holds(typ, v) {
				return fmt.Errorf("the choice %q is not an integer that %s can hold", choice, typ)
			}
			c.Rules.Choices[i] = integerText(v) // 07 and +7 are 7
		}
	}
	if err := c.setEnum(tg, typ); err != nil {
		return err
	}
	if c.NoCase && c.typeOption() != "" {
		return errors.New("nocase cannot be combined with a type of PostgreSQL; type=citext ignores case")
	}
	if s, ok := tg.value("regex"); ok {
		if c.Kind != Text {
			return fmt.Errorf("regex is for texts, not for %s", c.Type)
		}
		if _, err := regexp.Compile(s); err != nil {
			return fmt.Errorf("regex: %w", err)
		}
		c.Rules.Pattern = s
	}
	return nil
}

func (c *Column) setBounds(tg *tag) error {
	length := c.Kind == Text || c.Kind == Bytes
	if s, ok := tg.value("size"); ok {
		if !length {
			return errors.New("size is for texts and []byte; a number has min and max")
		}
		if tg.has("min") || tg.has("max") {
			return errors.New("size cannot be combined with min or max")
		}
		low, high, isRange := strings.Cut(s, "..")
		if !isRange {
			high = low
		}
		if low == "" && high == "" {
			return fmt.Errorf("size=%s sets no limit", s)
		}
		if c.setBound(&c.Rules.Min, "size", low) != nil || c.setBound(&c.Rules.Max, "size", high) != nil {
			return fmt.Errorf("size=%s must be size=n, size=a..b, size=a.. or size=..b with numbers of %s", s, unitOf(c.Kind))
		}
		return c.orderBounds()
	}
	for _, name := range []string{"min", "max"} {
		s, ok := tg.value(name)
		if !ok {
			continue
		}
		if !length && (!c.Kind.Number() || c.Kind == Decimal) {
			return fmt.Errorf("%s is for texts, []byte, integers and floats, not for %s", name, c.Type)
		}
		bound := &c.Rules.Min
		if name == "max" {
			bound = &c.Rules.Max
		}
		if err := c.setBound(bound, name, s); err != nil {
			return err
		}
	}
	return c.orderBounds()
}

func (c *Column) setBound(bound **Bound, option, s string) error {
	if s == "" {
		return nil
	}
	if c.Kind == Float32 || c.Kind == Float64 {
		bits := 64
		if c.Kind == Float32 {
			bits = 32 // or the float32 that is written as the bound would be beyond it
		}
		f, err := strconv.ParseFloat(s, bits)
		if err != nil || math.IsNaN(f) || math.IsInf(f, 0) {
			return fmt.Errorf("%s=%s is not a finite number", option, s)
		}
		*bound = &Bound{Float: f}
		return nil
	}
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil || n < 0 && !c.Kind.Integer() {
		if c.Kind == Text || c.Kind == Bytes {
			return fmt.Errorf("%s=%s is not a number of %s", option, s, unitOf(c.Kind))
		}
		return fmt.Errorf("%s=%s is not an integer of 64 bits", option, s)
	}
	*bound = &Bound{Int: n, Float: float64(n)}
	return nil
}

// unitOf is what the length of a kind is counted in.
func unitOf(k Kind) string {
	if k == Bytes {
		return "bytes"
	}
	return "characters"
}

func (c *Column) orderBounds() error {
	if low, high := c.Rules.Min, c.Rules.Max; low != nil && high != nil && (low.Int > high.Int || low.Float > high.Float) {
		return errors.New("the minimum is greater than the maximum")
	}
	return nil
}

// The linker keeps all exported methods of a program in which one is looked up by a name that is not constant.

// enumChoices returns the values of an enum: a defined type over string or an integer with a method
// Values() []T. Other types have none.
func enumChoices(t reflect.Type) []string {
	m, ok := t.MethodByName("Values")
	if !ok || m.Type.NumIn() != 1 || m.Type.NumOut() != 1 || m.Type.Out(0) != reflect.SliceOf(t) {
		return nil
	}
	kind := basicKind(t)
	if kind != Text && !kind.Integer() {
		return nil
	}
	list := reflect.Zero(t).MethodByName("Values").Call(nil)[0]
	choices := make([]string, list.Len())
	for i := range choices {
		switch v := list.Index(i); {
		case v.CanInt():
			choices[i] = strconv.FormatInt(v.Int(), 10)
		case v.CanUint():
			choices[i] = strconv.FormatUint(v.Uint(), 10)
		default:
			choices[i] = v.String()
		}
	}
	return choices
}

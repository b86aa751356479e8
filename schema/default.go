package schema

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// setDefault reads the option default.
func (c *Column) setDefault(tg *tag) error {
	s, ok := tg.value("default")
	if c.Version {
		s, ok = "1", true // of a new row, and of those that are there when the column is added
	}
	if !ok {
		return nil
	}
	switch {
	case c.Scanner:
		return errors.New("default cannot be used with a type that has sql.Scanner")
	case c.Auto:
		return errors.New("an auto key cannot have a default")
	case s == "now" && (c.Kind == Time || c.Kind == Date), s == "uuid" && c.Kind == UUID:
		c.Default = &Default{Func: s}
		return nil
	}
	v, err := ParseLiteral(c.Kind, s)
	if err != nil {
		return fmt.Errorf("default: %w%s", err, constantHint(c.Kind))
	}
	if v, err = c.fit(v); err != nil {
		return fmt.Errorf("default=%s: %w", s, err)
	}
	c.Default = &Default{Literal: v}
	return nil
}

// constantHint says what a default of a kind may be, where SQL has other words for it.
func constantHint(k Kind) string {
	switch k {
	case Bool:
		return ": write true or false"
	case Time, Date:
		return ", and not now"
	case UUID:
		return ", and not uuid"
	}
	return ""
}

// fit returns the constant as the database stores it, or an error that says which rule of the column it breaks: a
// default that no row may hold would fail only later, at an insert or an ALTER TABLE.
func (c *Column) fit(v Value) (Value, error) {
	if c.Kind.IsList() {
		return c.fitList(v)
	}
	low, high := c.Rules.Min, c.Rules.Max
	n, text := v.Int(), v.Text()
	f, isFloat := v.Float(), c.Kind == Float32 || c.Kind == Float64
	above := false
	switch c.Kind {
	case Text:
		n = int64(utf8.RuneCountInString(text))
	case Bytes:
		n = int64(len(v.Bytes()))
	case Decimal:
		var ok bool
		if text, ok = canonicalDecimal(text, c.Precision, c.Scale); !ok {
			return v, fmt.Errorf("it does not fit decimal=%d.%d", c.Precision, c.Scale)
		}
		return TextValue(Decimal, text), nil
	case Uint64:
		n, above = int64(min(v.Uint(), math.MaxInt64)), v.Uint() > math.MaxInt64 // above any bound that there can be
		text = integerText(v)
	case Int16, Int32, Int64:
		text = integerText(v)
	}
	switch {
	case c.Kind.Integer() && !holds(Unwrap(c.Type), v):
		return v, fmt.Errorf("%s cannot hold it", c.Type)
	case low != nil && (n < low.Int && !isFloat || isFloat && f < low.Float):
		return v, errors.New("it is less than the minimum of the column")
	case high != nil && (above || n > high.Int && !isFloat || isFloat && f > high.Float):
		return v, errors.New("it is greater than the maximum of the column")
	case c.Rules.Choices != nil && !slices.Contains(c.Rules.Choices, text):
		return v, fmt.Errorf("it is not one of the choices %s", strings.Join(c.Rules.Choices, ", "))
	case c.Rules.NonEmpty && v.IsZero():
		return v, errors.New("it is empty, and the column does not allow that")
	case c.Rules.Pattern != "" && !regexp.MustCompile(c.Rules.Pattern).MatchString(text):
		return v, fmt.Errorf("it does not match %s", c.Rules.Pattern)
	}
	return v, nil
}

// fitList is fit for each element of a list.
func (c *Column) fitList(v Value) (Value, error) {
	if c.Rules.NonEmpty && v.Len() == 0 {
		return v, errors.New("it is empty, and the column does not allow that")
	}
	elem := c.Elem()
	return NewList(elem.Kind, v.Len(), func(i int) (Value, error) { return elem.fit(v.At(i)) })
}

// holds reports whether a Go type holds the integer.
func holds(t reflect.Type, v Value) bool {
	switch t.Kind() {
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		return !t.OverflowInt(v.Int())
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		return (v.Kind() == Uint64 || v.Int() >= 0) && !t.OverflowUint(v.Uint())
	}
	return true // a type that converts itself
}

func integerText(v Value) string {
	if v.Kind() == Uint64 {
		return strconv.FormatUint(v.Uint(), 10)
	}
	return strconv.FormatInt(v.Int(), 10)
}

// canonicalDecimal writes a decimal number as both engines give it back: no plus, no leading zeros, all digits of the
// scale; false when the number has more digits than that.
func canonicalDecimal(s string, precision, scale int) (string, bool) {
	whole, fraction, _ := strings.Cut(strings.TrimLeft(s, "+-"), ".")
	whole, fraction = strings.TrimLeft(whole, "0"), strings.TrimRight(fraction, "0")
	if len(whole) > precision-scale || len(fraction) > scale {
		return "", false
	}
	sign := ""
	if strings.HasPrefix(s, "-") && whole+fraction != "" {
		sign = "-"
	}
	if whole == "" {
		whole = "0"
	}
	if scale == 0 {
		return sign + whole, true
	}
	return sign + whole + "." + fraction + strings.Repeat("0", scale-len(fraction)), true
}

// ParseLiteral reads the text of a constant of kind k, as it stands in a tag.
func ParseLiteral(k Kind, s string) (Value, error) {
	bad := fmt.Errorf("%q is not a constant of kind %s", s, k)
	if k.IsList() {
		v, err := ParseList(k.Elem(), []byte(s))
		if err != nil {
			return Value{}, bad
		}
		return v, nil
	}
	switch k {
	case Bool:
		b, err := strconv.ParseBool(s)
		if err != nil {
			return Value{}, bad
		}
		return BoolValue(b), nil
	case Int16, Int32, Int64:
		n, err := strconv.ParseInt(s, 10, map[Kind]int{Int16: 16, Int32: 32, Int64: 64}[k])
		if err != nil {
			return Value{}, bad
		}
		return IntValue(k, n), nil
	case Uint64:
		n, err := strconv.ParseUint(s, 10, 64)
		if err != nil {
			return Value{}, bad
		}
		return UintValue(n), nil
	case Float32, Float64:
		bits := 64
		if k == Float32 {
			bits = 32
		}
		f, err := strconv.ParseFloat(s, bits)
		if err != nil || math.IsNaN(f) {
			return Value{}, bad
		}
		return FloatValue(k, f), nil
	case Time, Date:
		for _, layout := range []string{time.RFC3339Nano, "2006-01-02T15:04:05.999999", "2006-01-02 15:04:05.999999",
			"2006-01-02 15:04:05.999999Z07", "2006-01-02 15:04:05.999999Z07:00", time.DateOnly} {
			if t, err := time.Parse(layout, s); err == nil {
				return TimeValue(k, t), nil
			}
		}
		return Value{}, bad
	case Clock:
		t, err := time.Parse("15:04:05.999999", s)
		if err != nil {
			return Value{}, bad
		}
		return ClockValue(t.Sub(t.Truncate(24 * time.Hour))), nil
	case JSON:
		if !json.Valid([]byte(s)) {
			return Value{}, bad
		}
	case Decimal:
		if !decimalText.MatchString(s) {
			return Value{}, bad
		}
	case UUID:
		if !uuidText.MatchString(s) {
			return Value{}, bad
		}
		s = strings.ToLower(s)
	case Bytes:
		return BytesValue([]byte(s)), nil
	case Null:
		return Value{}, bad
	}
	if !utf8.ValidString(s) || strings.ContainsRune(s, 0) {
		return Value{}, bad
	}
	return TextValue(k, s), nil
}

var (
	decimalText = regexp.MustCompile(`^[+-]?[0-9]+(\.[0-9]+)?$`)
	uuidText    = regexp.MustCompile(`^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$`)
)

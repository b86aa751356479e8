package promtest

import (
	"fmt"
	"math"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/prom-go/prom"
	"github.com/prom-go/prom/schema"
)

// problems are the columns for which no value could be made up, with the reason.
type problems map[*schema.Column]error

// left returns the first of the problems, in the order of the columns, that no override has dealt with.
func (p problems) left(v reflect.Value) error {
	var first *schema.Column
	for c := range p {
		if v.FieldByIndex(c.Path).IsZero() && (first == nil || c.Ordinal < first.Ordinal) {
			first = c
		}
	}
	if first == nil {
		return nil
	}
	return fmt.Errorf("field %s of %s: %w; set it by an override", first.Field, v.Type(), p[first])
}

// fill makes up the fields of a value that its creation does not set.
func (m *maker) fill(v reflect.Value) problems {
	m.mu.Lock()
	defer m.mu.Unlock()
	p := problems{}
	n := m.counter.next()
	for _, c := range m.repo.Table().Columns {
		switch {
		case c.References != nil, m.refers[c], c.Auto, c.ReadOnly, c.Created, c.Updated, c.Default != nil && !m.distinct[c] && !c.Key, c.Null &&
			!m.settings.optional:
			continue
		}
		if err := m.fillColumn(v.FieldByIndex(c.Path), c, n); err != nil {
			p[c] = err
		}
	}
	return p
}

func (m *maker) fillColumn(field reflect.Value, c *schema.Column, n int) error {
	if c.Codec != nil {
		return fmt.Errorf("%s has a codec, so its values are not known", c.Type)
	}
	g := &gen{rng: m.rng, c: c, n: n, distinct: m.distinct[c], faker: m.settings.faker}
	if g.distinct {
		g.used = m.counter.of(c.Name)
		g.start, g.rows = m.counter.start(c.Name)
	}
	if field.Kind() == reflect.Pointer {
		field.Set(reflect.New(field.Type().Elem()))
		field = field.Elem()
	} else if schema.IsNullType(field.Type()) {
		field.Field(1).SetBool(true)
		field = field.Field(0)
	}
	if c.Kind == schema.JSON || c.Kind.IsList() {
		g.anything(field, 0)
		return nil
	}
	if c.Range != schema.Null {
		return g.unmarshal(field, g.span())
	}
	value, err := g.value()
	if err != nil {
		return err
	}
	switch x := field.Addr().Interface().(type) {
	case *prom.AnyValue:
		return x.Scan(value)
	case *prom.Interval:
		*x = prom.Interval{Days: int32(g.n), Microseconds: time.Hour.Microseconds()}
		return nil
	case *time.Duration:
		if c.Kind == schema.Text { // of intervals
			*x = time.Duration(g.n) * time.Minute
			return nil
		}
	}
	if c.Scanner {
		if u, ok := value.([16]byte); ok {
			value = uuidText(u)
		}
		if field.Addr().Interface().(interface{ Scan(any) error }).Scan(value) != nil {
			return fmt.Errorf("%s does not accept a generated %T", c.Type, value)
		}
		return nil
	}
	if c.TextCodec {
		return g.unmarshal(field, value.(string))
	}
	assign(field, value)
	return nil
}

// assign sets a field to a value of its kind.
func assign(field reflect.Value, value any) {
	switch x := value.(type) {
	case bool:
		field.SetBool(x)
	case int64:
		if field.CanUint() {
			field.SetUint(uint64(x))
		} else {
			field.SetInt(x)
		}
	case float64:
		field.SetFloat(x)
	case string:
		field.SetString(x)
	case []byte:
		field.SetBytes(x)
	case [16]byte:
		if field.Kind() == reflect.String {
			field.SetString(uuidText(x))
		} else {
			reflect.Copy(field, reflect.ValueOf(x[:]))
		}
	case time.Duration:
		field.SetInt(int64(x))
	case time.Time:
		if field.Type() == reflect.TypeFor[prom.TimeOrInfinity]() {
			field = field.FieldByName("Time")
		}
		field.Set(reflect.ValueOf(x))
	}
}

func uuidText(u [16]byte) string {
	return fmt.Sprintf("%x-%x-%x-%x-%x", u[:4], u[4:6], u[6:8], u[8:10], u[10:])
}

// value makes up a value of the column's kind: a bool, an int64, a float64, a string, bytes, a time.Time, a
// time.Duration or a UUID.
func (g *gen) value() (any, error) {
	switch k := g.c.Kind; {
	case k == schema.Bool:
		return g.rng.IntN(2) == 1, nil
	case k.Integer():
		return g.integer()
	}
	switch g.c.Kind {
	case schema.Float32, schema.Float64:
		return g.float(), nil
	case schema.Decimal:
		return g.decimal(), nil
	case schema.Bytes:
		low, high := g.lengths(8, 8)
		b := make([]byte, low+g.rng.IntN(high-low+1))
		for i := range b {
			b[i] = byte(g.rng.Uint32())
		}
		for i, d := range []byte(strconv.Itoa(g.n)) {
			if g.distinct && i < len(b) {
				b[i] = d
			}
		}
		return b, nil
	case schema.Time, schema.Date:
		return g.time(), nil
	case schema.Clock:
		return time.Duration(g.rng.IntN(24*60))*time.Minute + time.Duration(g.number())*time.Microsecond, nil
	case schema.UUID:
		var u [16]byte
		for i := range u {
			u[i] = byte(g.rng.Uint32())
		}
		u[6], u[8] = u[6]&0x0f|0x40, u[8]&0x3f|0x80
		return u, nil
	}
	return g.text()
}

// number is the number of the row when its value must differ from others', behind those that were there, and else 0.
func (g *gen) number() int {
	if g.distinct {
		return g.rows + g.n
	}
	return 0
}

// ranges are what numbers are like by name.
var ranges = map[string][2]int64{
	"age": {18, 90}, "year": {1970, 2030}, "month": {1, 12}, "day": {1, 28}, "hour": {0, 23}, "minute": {0,
		59}, "rating": {1, 5}, "stars": {1, 5},
	"percent": {0, 100}, "port": {1024, 65535}, "quantity": {1, 20}, "count": {0, 100}, "price": {1,
		500}, "latitude": {-90, 90},
	"longitude": {-180, 180}, "height": {1, 250}, "weight": {1, 200},
}

// bounds returns the least and the greatest of a number.
func (g *gen) bounds() (low, high float64) {
	low, high = 0, 1000
	for _, w := range g.words() {
		if r, ok := ranges[w]; ok {
			low, high = float64(r[0]), float64(r[1])
		}
	}
	least, greatest := g.c.Narrow()
	for _, b := range []*schema.Bound{least, g.c.Rules.Min} {
		if b != nil {
			low = max(low, bound(g.c, b))
		}
	}
	if low > high {
		high = low + 1000
	}
	for _, b := range []*schema.Bound{greatest, g.c.Rules.Max} {
		if b != nil {
			high = min(high, bound(g.c, b))
		}
	}
	if low > high { // what the name suggests is above what the rules allow
		low = high
		if b := g.c.Rules.Min; b != nil {
			low = bound(g.c, b)
		} else if high > 0 {
			low = 0
		}
	}
	return low, high
}

func bound(c *schema.Column, b *schema.Bound) float64 {
	if c.Kind.Integer() {
		return float64(b.Int)
	}
	return b.Float
}

func (g *gen) integer() (any, error) {
	if list := g.c.Rules.Choices; list != nil {
		s, err := g.choice(list)
		n, _ := strconv.ParseInt(s, 10, 64)
		return n, err
	}
	low, high := g.bounds()
	first := int64(math.Ceil(low))
	if g.c.Rules.NonEmpty || g.c.Key {
		first = max(first, 1)
	}
	n := first + g.rng.Int64N(max(1, int64(high)-first+1))
	if g.distinct {
		greatest := map[schema.Kind]int64{schema.Int16: math.MaxInt16, schema.Int32: math.MaxInt32,
			schema.Int64: math.MaxInt64}[g.c.Kind]
		if g.start < greatest-int64(g.n) { // else there are free numbers below only
			first = max(first, g.start+1)
		}
		if n = first + int64(g.n) - 1; g.c.Rules.Max != nil && n > g.c.Rules.Max.Int {
			return nil, fmt.Errorf("there are no more different values from %d to %d", first, g.c.Rules.Max.Int)
		}
	}
	return n, nil
}

func (g *gen) float() float64 {
	low, high := g.bounds()
	f := low + g.rng.Float64()*(high-low)
	if cut := math.Round(f*100) / 100; cut >= low && cut <= high && cut != 0 {
		f = cut
	}
	return f + float64(g.number())
}

func (g *gen) decimal() string {
	whole := strconv.Itoa(1 + g.rng.IntN(9) + 10*g.number())
	if digits := g.c.Precision - g.c.Scale; len(whole) > digits {
		whole = whole[len(whole)-digits:]
	}
	if whole == "" {
		whole = "0"
	}
	if g.c.Scale == 0 {
		return whole
	}
	fraction := fmt.Sprintf("%02d", 1+g.rng.IntN(99))
	return whole + "." + (fraction + strings.Repeat("0", g.c.Scale))[:g.c.Scale]
}

func (g *gen) time() time.Time {
	from, days := time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC), 365
	for _, w := range g.words() {
		if slices.Contains([]string{"born", "birth", "birthday", "birthdate"}, w) {
			from, days = time.Date(1950, 1, 1, 0, 0, 0, 0, time.UTC), 55*365
		}
	}
	if g.c.Kind == schema.Date {
		return from.AddDate(0, 0, g.rng.IntN(days)+g.number()*days)
	}
	return from.Add(time.Duration(g.rng.IntN(days*24*60*60))*time.Second + time.Duration(g.number())*time.Microsecond)
}

// unmarshal sets a field that reads itself from text, from one of several forms.
func (g *gen) unmarshal(field reflect.Value, text string) error {
	into := field.Addr().Interface().(interface{ UnmarshalText([]byte) error })
	n := 1 + g.rng.IntN(250)
	for _, form := range []string{text, fmt.Sprintf("192.0.2.%d", n), fmt.Sprintf("192.0.2.%d/32", n),
		fmt.Sprintf("192.0.2.%d:80", n), strconv.Itoa(n), "2024-01-01T00:00:00Z"} {
		if into.UnmarshalText([]byte(form)) == nil {
			return nil
		}
	}
	return fmt.Errorf("%s accepts none of the generated texts", g.c.Type)
}

// span makes up a range of one value, which overlaps with none of another row.
func (g *gen) span() string {
	low, high := strconv.Itoa(g.n), strconv.Itoa(g.n+1)
	if g.c.Range == schema.Time || g.c.Range == schema.Date {
		day := time.Date(2024, 1, g.n, 0, 0, 0, 0, time.UTC)
		const form = `"2006-01-02 15:04:05-07"`
		low, high = day.Format(form), day.AddDate(0, 0, 1).Format(form)
	}
	if g.c.Multi {
		return "{[" + low + "," + high + ")}"
	}
	return "[" + low + "," + high + ")"
}

var timeType = reflect.TypeFor[time.Time]()

// anything fills a value that is stored as JSON or as a list, by its Go type. What is deep inside is left empty.
func (g *gen) anything(v reflect.Value, depth int) {
	if list := g.c.Rules.Choices; list != nil && g.c.Kind.IsList() && depth == 1 {
		g.setChoice(v, list[g.rng.IntN(len(list))])
		return
	}
	switch v.Kind() {
	case reflect.Bool:
		v.SetBool(g.rng.IntN(2) == 1)
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		v.SetInt(int64(1 + g.rng.IntN(100)))
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		v.SetUint(uint64(1 + g.rng.IntN(100)))
	case reflect.Float32, reflect.Float64:
		v.SetFloat(float64(g.rng.IntN(1000)) / 8)
	case reflect.String:
		v.SetString(pick(g.rng, nouns))
	case reflect.Interface:
		if v.NumMethod() == 0 {
			v.Set(reflect.ValueOf(pick(g.rng, nouns)))
		}
	case reflect.Slice:
		if v.Type().Elem().Kind() == reflect.Uint8 {
			v.SetBytes([]byte(`{"` + pick(g.rng, nouns) + `":1}`)) // JSON as it is
			return
		}
		if depth < 3 {
			v.Set(reflect.MakeSlice(v.Type(), 2, 2))
		}
		fallthrough
	case reflect.Array:
		for i := range v.Len() {
			g.anything(v.Index(i), depth+1)
		}
	case reflect.Map:
		if depth < 3 {
			key, value := reflect.New(v.Type().Key()).Elem(), reflect.New(v.Type().Elem()).Elem()
			g.anything(key, depth+1)
			g.anything(value, depth+1)
			if key.IsValid() && !key.IsZero() {
				v.Set(reflect.MakeMap(v.Type()))
				v.SetMapIndex(key, value)
			}
		}
	case reflect.Struct:
		if v.Type() == timeType {
			v.Set(reflect.ValueOf(g.time()))
			return
		}
		for i := range v.NumField() {
			if f := v.Type().Field(i); f.IsExported() && f.Tag.Get("json") != "-" {
				g.anything(v.Field(i), depth+1)
			}
		}
	}
}

func (g *gen) setChoice(v reflect.Value, choice string) {
	if v.Kind() == reflect.String {
		v.SetString(choice)
		return
	}
	n, _ := strconv.ParseInt(choice, 10, 64)
	assign(v, n)
}

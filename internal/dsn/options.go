package dsn

import (
	"errors"
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Errorf makes an error about a DSN. No argument may be a value out of the DSN, nor an error that holds one.
func Errorf(format string, args ...any) error {
	return fmt.Errorf("prom: dsn: "+format, args...)
}

// errValue is what an option's apply returns for a value of the wrong form.
var errValue = errors.New("wrong form")

// option is one option that a dialect knows.
type option struct {
	name    string
	aliases []string
	want    string                           // the form of the value, for the error
	apply   func(b *builder, v string) error // sets it; nil hands it on to the driver
	valid   func(v string) bool              // checks what is handed on; nil takes anything
	refuse  string                           // why the option is not taken
	repeat  bool                             // may be given more than once
	secret  bool                             // the value is a password
	hide    bool                             // the value is never printed
	startup bool                             // a run-time parameter of the PostgreSQL server
}

// optionSet finds an option by any of its names, in lower case.
type optionSet map[string]*option

func newOptionSet(groups ...[]option) optionSet {
	set := optionSet{}
	for _, group := range groups {
		for i := range group {
			o := &group[i]
			for _, name := range append([]string{o.name}, o.aliases...) {
				if set[name] != nil {
					panic("prom: dsn: the option " + name + " is declared twice")
				}
				set[name] = o
			}
		}
	}
	return set
}

// OptionNames returns the names of all options of both engines, sorted, with their other names and those that are
// refused.
func OptionNames() []string {
	names := slices.AppendSeq(slices.Collect(maps.Keys(postgresOptions)), maps.Keys(sqliteOptions))
	slices.Sort(names)
	return slices.Compact(names)
}

// builder collects the parts of a DSN while it is read.
type builder struct {
	dsn             DSN
	hidden          hiddenPart
	options, others optionSet
	seen            map[string]bool
	ports           []uint16 // of the option port
	afterSecret     string   // the option before this one, if it was a password
}

func newBuilder(dialect string) *builder {
	b := &builder{dsn: DSN{Dialect: dialect}, options: postgresOptions, others: sqliteOptions, seen: map[string]bool{}}
	if dialect == SQLite {
		b.options, b.others = sqliteOptions, postgresOptions
	}
	return b
}

// set takes one option. Names are taken in any case.
func (b *builder) set(name, value string) error {
	name = strings.ToLower(name)
	o := b.options[name]
	canonical := name
	switch {
	case o != nil:
		canonical = o.name
	case b.dsn.Dialect == Postgres && isCustomParameter(name):
		o = &customParameter
	default:
		return b.unknownOption(name)
	}
	if o.refuse != "" {
		return Errorf("option %q is refused: %s", canonical, o.refuse)
	}
	if b.seen[canonical] && !o.repeat {
		return Errorf("option %q is given twice", canonical)
	}
	b.seen[canonical] = true
	b.afterSecret = ""
	if o.secret {
		b.afterSecret = canonical
	}
	if strings.ContainsRune(value, 0) {
		return Errorf("the value of option %q holds a NUL byte", canonical)
	}
	var err error
	switch {
	case o.apply != nil:
		err = o.apply(b, value)
	case o.valid != nil && !o.valid(value):
		err = errValue
	default:
		b.hand(o, canonical, value)
	}
	if errors.Is(err, errValue) {
		return Errorf("option %q has a wrong value: it takes %s", canonical, o.want)
	}
	return err
}

// hand adds an option for the driver.
func (b *builder) hand(o *option, name, value string) {
	b.hidden.params = append(b.hidden.params, Param{option: o, Name: name, Value: value})
}

// param returns the value of an option that is handed on to the driver.
func (b *builder) param(name string) (string, bool) {
	return findParam(b.hidden.params, name)
}

func (b *builder) finish() error {
	o := &b.dsn.Options
	if o.MaxConns > 0 && o.MinConns > o.MaxConns {
		return Errorf("pool_minconn is greater than pool_maxconn")
	}
	if o.InstallLockTimeout == 0 {
		o.InstallLockTimeout = DefaultInstallLockTimeout
	}
	if b.dsn.Dialect == Postgres {
		return b.finishPostgres()
	}
	return b.finishSQLite()
}

// promOptions are the options that prom understands on both dialects.
func promOptions(readOnlyAliases ...string) []option {
	return []option{
		{
			name: "pool_minconn", aliases: []string{"pool_min_conns"}, want: "a whole number from 0",
			apply: func(b *builder, v string) error { return setCount(&b.dsn.Options.MinConns, v, 0) },
		},
		{
			name: "pool_maxconn", aliases: []string{"pool_max_conns"}, want: "a whole number from 1",
			apply: func(b *builder, v string) error { return setCount(&b.dsn.Options.MaxConns, v, 1) },
		},
		{
			name: "readonly", aliases: readOnlyAliases, want: boolForm,
			apply: func(b *builder, v string) error { return setBool(&b.dsn.Options.ReadOnly, v) },
		},
		{
			name: "install", want: "auto, check or off",
			apply: func(b *builder, v string) error {
				for _, m := range []InstallMode{InstallAuto, InstallCheck, InstallOff} {
					if strings.EqualFold(v, m.String()) {
						b.dsn.Options.Install = m
						return nil
					}
				}
				return errValue
			},
		},
		{
			name: "history", want: boolForm,
			apply: func(b *builder, v string) error {
				on := false
				err := setBool(&on, v)
				b.dsn.Options.NoHistory = !on
				return err
			},
		},
		{
			name: "in_use", want: `a number of days or a duration such as "720h"; 0 switches it off`,
			apply: func(b *builder, v string) error {
				d, err := parseDays(v)
				b.dsn.Options.InUse = d
				return err
			},
		},
		timeoutOption("statement_timeout", time.Millisecond, func(o *Options) *time.Duration { return &o.StatementTimeout }),
		timeoutOption("idle_in_transaction_session_timeout", time.Millisecond,
			func(o *Options) *time.Duration { return &o.IdleInTransactionTimeout }),
		timeoutOption("call_timeout", time.Millisecond, func(o *Options) *time.Duration { return &o.CallTimeout }),
		timeoutOption("install_lock_timeout", time.Millisecond,
			func(o *Options) *time.Duration { return &o.InstallLockTimeout }),
	}
}

// timeoutOption is an option that holds a duration; a bare number counts units.
func timeoutOption(name string, unit time.Duration, field func(*Options) *time.Duration, aliases ...string) option {
	unitName := "milliseconds"
	if unit == time.Second {
		unitName = "seconds"
	}
	return option{
		name: name, aliases: aliases,
		want: "a number of " + unitName + ` or a duration such as "1500ms" or "2s"; 0 switches it off`,
		apply: func(b *builder, v string) error {
			d, err := parseTimeout(v, unit)
			*field(&b.dsn.Options) = d
			return err
		},
	}
}

// parseTimeout returns NoTimeout for zero. Both databases count milliseconds in 31 bits.
func parseTimeout(v string, unit time.Duration) (time.Duration, error) {
	const most = math.MaxInt32 * time.Millisecond
	d, err := time.ParseDuration(v)
	if isDigits(v) {
		var n int64
		n, err = strconv.ParseInt(v, 10, 64)
		if n > int64(most/unit) {
			return 0, errValue
		}
		d = time.Duration(n) * unit
	}
	return limited(d, most, err)
}

// parseDays reads a number of days or a duration. It returns NoTimeout for zero.
func parseDays(v string) (time.Duration, error) {
	const most = 100 * 365 * 24 * time.Hour
	d, err := time.ParseDuration(v)
	if isDigits(v) {
		var n int64
		n, err = strconv.ParseInt(v, 10, 64)
		d = time.Duration(min(n, int64(most/time.Hour))) * 24 * time.Hour
	}
	return limited(d, most, err)
}

// limited refuses a duration that could not be read, is negative or greater than most, and returns NoTimeout for zero.
func limited(d, most time.Duration, err error) (time.Duration, error) {
	switch {
	case err != nil || d < 0 || d > most:
		return 0, errValue
	case d == 0:
		return NoTimeout, nil
	}
	return d, nil
}

func isDigits(s string) bool {
	return s != "" && strings.Trim(s, "0123456789") == ""
}

// milliseconds rounds up, since 0 means something else to both databases. Negative is 0: no bound on
// PostgreSQL, no waiting on SQLite.
func milliseconds(d time.Duration) string {
	return strconv.FormatInt(int64((max(d, 0)+time.Millisecond-1)/time.Millisecond), 10)
}

func setCount(to *int32, v string, least int64) error {
	n, err := strconv.ParseInt(v, 10, 32)
	if err != nil || n < least {
		return errValue
	}
	*to = int32(n)
	return nil
}

const boolForm = "true or false"

func setBool(to *bool, v string) error {
	on, ok := parseBool(v)
	if !ok {
		return errValue
	}
	*to = on
	return nil
}

func parseBool(v string) (on, ok bool) {
	switch strings.ToLower(v) {
	case "true", "1", "yes", "on":
		return true, true
	case "false", "0", "no", "off":
		return false, true
	}
	return false, false
}

// choice is an option whose value is one of a few words, compared as the driver does.
func choice(name string, words ...string) option {
	return option{
		name:  name,
		want:  "one of " + strings.Join(words, ", "),
		valid: func(v string) bool { return slices.Contains(words, v) },
	}
}

// refused are options that are known and not taken, for one reason.
func refused(reason string, names ...string) []option {
	options := make([]option, len(names))
	for i, name := range names {
		options[i] = option{name: name, refuse: reason}
	}
	return options
}

package dsn

import (
	"context"
	"fmt"
	"log/slog"
	"slices"
	"strconv"
	"strings"
)

// EnvDSN is a DSN and the environment variable that it comes from.
type EnvDSN struct {
	Var string
	DSN DSN
}

// FromEnviron reads the DSNs in environ, which has the form of [os.Environ]: the variable named prefix, if it
// is set, then prefix_0, prefix_1 and so on until one is missing; they may begin with prefix_1. Variables
// after the first gap are not read, and one warning to log names them. A nil log is [slog.Default].
//
// An empty variable, a DSN that cannot be read, and two DSNs of one name are errors that name the variables.
func FromEnviron(environ []string, prefix string, log *slog.Logger) ([]EnvDSN, error) {
	if prefix == "" || strings.Contains(prefix, "=") {
		return nil, Errorf("the prefix of the environment variables is empty or holds an equals sign")
	}
	values, numbered := scanEnviron(environ, prefix)
	var names []string
	if _, set := values[prefix]; set {
		names = append(names, prefix)
	}
	next := 0
	if _, set := values[prefix+"_0"]; !set {
		next = 1
	}
	for ; ; next++ {
		name := prefix + "_" + strconv.Itoa(next)
		if _, set := values[name]; !set {
			warnGap(log, name, slices.DeleteFunc(numbered, func(n string) bool { return slices.Contains(names, n) }))
			break
		}
		names = append(names, name)
	}
	dsns := make([]EnvDSN, 0, len(names))
	owner := map[string]string{}
	for _, name := range names {
		if strings.TrimSpace(values[name]) == "" {
			return nil, Errorf("the environment variable %s is set, but empty: give it a DSN or unset it", name)
		}
		d, err := Parse(values[name])
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		if other, taken := owner[d.Name]; taken {
			return nil, Errorf("the environment variables %s and %s both hold %s: end one with another #name",
				other, name, describeName(d.Name))
		}
		owner[d.Name] = name
		dsns = append(dsns, EnvDSN{Var: name, DSN: d})
	}
	return dsns, nil
}

// scanEnviron returns the variable prefix and all of the form prefix_digits, and the names of the latter.
// Of two entries with one name the first counts, as it does for [os.Getenv].
func scanEnviron(environ []string, prefix string) (values map[string]string, numbered []string) {
	values = map[string]string{}
	for _, entry := range environ {
		name, value, _ := strings.Cut(entry, "=")
		suffix, ours := strings.CutPrefix(name, prefix)
		digits, underscore := strings.CutPrefix(suffix, "_")
		isNumbered := underscore && isDigits(digits)
		if _, twice := values[name]; !ours || twice || suffix != "" && !isNumbered {
			continue
		}
		values[name] = value
		if isNumbered {
			numbered = append(numbered, name)
		}
	}
	return values, numbered
}

// warnGap reports what is not read: silence here costs people hours.
func warnGap(log *slog.Logger, missing string, unread []string) {
	if len(unread) == 0 {
		return
	}
	if log == nil {
		log = slog.Default()
	}
	slices.SortFunc(unread, func(a, b string) int {
		if len(a) != len(b) {
			return len(a) - len(b)
		}
		return strings.Compare(a, b)
	})
	log.LogAttrs(context.Background(), slog.LevelWarn, "prom: environment variables after a gap are not read",
		slog.Any("variables", unread), slog.String("missing", missing))
}

func describeName(name string) string {
	if name == "" {
		return "a DSN without a name"
	}
	return fmt.Sprintf("a DSN named %q", name)
}

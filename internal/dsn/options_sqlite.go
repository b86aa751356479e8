package dsn

import (
	"slices"
	"strings"
	"time"
)

// sqliteOptions are prom's own, those of modernc.org/sqlite, and SQLite's URI parameters.
//
// Sources: the documentation of [modernc.org/sqlite.Driver.Open], https://www.sqlite.org/uri.html.
var sqliteOptions = newOptionSet(
	promOptions(),
	[]option{
		timeoutOption("busy_timeout", time.Millisecond,
			func(o *Options) *time.Duration { return &o.BusyTimeout }, "_busy_timeout", "_timeout"),
		{
			name: "group_commit", want: boolForm,
			apply: func(b *builder, v string) error {
				on, ok := parseBool(v)
				if !ok {
					return errValue
				}
				b.dsn.Options.NoGroupCommit = !on
				return nil
			},
		},
		attachOption(),
		{name: "_pragma", want: "one PRAGMA, such as cache_size(-8000), without a semicolon",
			repeat: true, hide: true, apply: (*builder).setPragma},
		sqliteChoice("_journal_mode", "_journal", "DELETE", "TRUNCATE", "PERSIST", "MEMORY", "WAL", "OFF"),
		sqliteChoice("_synchronous", "_sync", "OFF", "NORMAL", "FULL", "EXTRA", "0", "1", "2", "3"),
		sqliteChoice("_auto_vacuum", "_vacuum", "NONE", "FULL", "INCREMENTAL", "0", "1", "2"),
		{name: "_foreign_keys", aliases: []string{"_fk"}, want: boolForm, apply: handBool("_foreign_keys")},
		{name: "_defensive", want: boolForm, apply: handBool("_defensive")},
		{name: "_error_rc", want: boolForm, apply: handBool("_error_rc")},
		{name: "vfs", want: "the name of a VFS", valid: func(v string) bool { return v != "" }},
		choice("cache", "shared", "private"),
		choice("mode", "ro", "rw", "rwc"),
		{name: "modeof", want: "the path of a file", valid: func(v string) bool { return v != "" }},
		{name: "immutable", want: boolForm, apply: handBool("immutable")},
		{name: "nolock", want: boolForm, apply: handBool("nolock")},
		{name: "psow", want: boolForm, apply: handBool("psow")},
	},
	refused("prom sets it itself, since its encoding of times depends on it: leave it out",
		"_time_format", "_time_integer_format", "_inttotime", "_texttotime", "_timezone"),
	refused("prom sets it itself, so that a transaction that writes takes its lock at once: leave it out", "_txlock"),
	refused("prom sets it itself, since a missing column would read as a string without it: leave it out", "_dqs"),
	refused("prom sets it itself for readers: write readonly=true for a connection that does not write", "_query_only"),
)

// sqliteFileOptions mean nothing to a database in memory, or would give each connection one of its own.
var sqliteFileOptions = []string{"vfs", "cache", "mode", "modeof", "immutable", "nolock", "psow", "_journal_mode"}

// sqliteChoice takes one of a few words in any case and hands it on in upper case.
func sqliteChoice(name, alias string, words ...string) option {
	return option{
		name: name, aliases: []string{alias}, want: "one of " + strings.Join(words, ", "),
		apply: func(b *builder, v string) error {
			v = strings.ToUpper(v)
			if !slices.Contains(words, v) {
				return errValue
			}
			b.hand(b.options[name], name, v)
			return nil
		},
	}
}

// handBool hands a bool on as 1 or 0, which both SQLite and the driver read.
func handBool(name string) func(b *builder, v string) error {
	return func(b *builder, v string) error {
		on, ok := parseBool(v)
		if !ok {
			return errValue
		}
		v = "0"
		if on {
			v = "1"
		}
		b.hand(b.options[name], name, v)
		return nil
	}
}

// setPragma takes one PRAGMA. One that has an option of its own becomes that option, so that it cannot be
// given twice and is checked. The driver runs what follows a semicolon as SQL, so there must be none.
func (b *builder) setPragma(v string) error {
	name, arg, hasArg := cutPragma(v)
	if name == "" || strings.Contains(v, ";") {
		return errValue
	}
	if !hasArg {
		return Errorf(`option "_pragma" has no argument: write _pragma=name(value)`)
	}
	switch name {
	case "busy_timeout", "foreign_keys", "journal_mode", "synchronous", "auto_vacuum", "query_only":
		return b.set("_"+name, arg)
	}
	b.hand(b.options["_pragma"], "_pragma", strings.TrimSpace(v))
	return nil
}

// cutPragma splits name(argument) and name=argument. The name is in lower case, without the schema main.
func cutPragma(v string) (name, arg string, hasArg bool) {
	i := strings.IndexAny(v, "(=")
	if i < 0 {
		i = len(v)
	}
	name = strings.TrimPrefix(strings.ToLower(strings.TrimSpace(v[:i])), "main.")
	if i == len(v) {
		return name, "", false
	}
	arg = strings.TrimSpace(v[i+1:])
	if v[i] == '(' {
		arg = strings.TrimSuffix(arg, ")")
	}
	return name, strings.Trim(arg, ` '"`), true
}

// shownPragmas are those whose value is never a secret. There are some, in other builds of SQLite, that
// hold a key.
var shownPragmas = []string{
	"application_id", "cache_size", "cache_spill", "case_sensitive_like", "cell_size_check",
	"checkpoint_fullfsync", "defer_foreign_keys", "encoding", "fullfsync", "hard_heap_limit",
	"ignore_check_constraints", "journal_size_limit", "locking_mode", "max_page_count", "mmap_size",
	"page_size", "recursive_triggers", "secure_delete", "soft_heap_limit", "temp_store", "threads",
	"trusted_schema", "user_version", "wal_autocheckpoint",
}

// ShownPragma returns the name of a PRAGMA of a DSN, and whether its value may be shown.
func ShownPragma(pragma string) (name string, shown bool) {
	name, _, _ = cutPragma(pragma)
	return name, slices.Contains(shownPragmas, name)
}

// finishSQLite settles what the options mean together.
func (b *builder) finishSQLite() error {
	o := &b.dsn.Options
	if o.BusyTimeout == 0 {
		o.BusyTimeout = DefaultBusyTimeout
	}
	if err := b.checkAttachments(); err != nil {
		return err
	}
	if b.dsn.Path == Memory {
		for _, name := range sqliteFileOptions {
			if b.seen[name] {
				return Errorf("option %q has no effect on :memory:, "+
					"which prom shares among its connections by itself: leave it out", name)
			}
		}
		return nil
	}
	mode, _ := b.param("mode")
	immutable, _ := b.param("immutable")
	switch {
	case mode == "ro" || immutable == "1":
		if b.seen["readonly"] && !o.ReadOnly {
			return Errorf("readonly=false contradicts mode=ro or immutable=1")
		}
		o.ReadOnly = true
	case o.ReadOnly && mode != "":
		return Errorf("readonly=true contradicts the value of option \"mode\": leave one out")
	}
	return nil
}

package dsn

import (
	"slices"
	"strconv"
	"strings"
	"time"
)

// postgresOptions are the keywords of libpq that pgx knows, those of pgx and pgxpool, and the server's
// run-time parameters that a client has reason to set. Any other goes into options=-c name=value.
//
// Sources: https://www.postgresql.org/docs/current/libpq-connect.html section 34.1.2, pgconn.ParseConfig,
// pgx.ParseConfig, pgxpool.ParseConfig, https://www.postgresql.org/docs/current/runtime-config-client.html.
var postgresOptions = newOptionSet(
	promOptions("default_transaction_read_only"),
	[]option{
		timeoutOption("connect_timeout", time.Second, func(o *Options) *time.Duration { return &o.ConnectTimeout }),
		timeoutOption("lock_timeout", time.Millisecond, func(o *Options) *time.Duration { return &o.LockTimeout }),
		timeoutOption("failover_wait", time.Second, func(o *Options) *time.Duration { return &o.FailoverWait }),
		tcpUserTimeoutOption(),
	},
	replicaOptions(),
	postgresTarget(),
	postgresDriver(),
	postgresStartup(),
	refused("libpq knows it, but the driver pgx does not: leave it out",
		"gssdelegation", "gssencmode", "gsslib", "keepalives", "keepalives_count", "keepalives_idle",
		"keepalives_interval", "load_balance_hosts", "oauth_ca_file", "oauth_client_id", "oauth_client_secret",
		"oauth_issuer", "oauth_scope", "replication", "requirepeer", "requiressl", "scram_client_key",
		"scram_server_key", "ssl_max_protocol_version", "ssl_min_protocol_version", "sslcompression", "sslcrl",
		"sslcrldir", "sslkeylogfile"),
	refused("the driver pgx does not know it: put the address into host, and sslmode below verify-full", "hostaddr"),
)

// customParameter stands for every parameter with a dot in its name, as an extension or an application has.
var customParameter = option{startup: true, hide: true}

// isCustomParameter reports whether s is a name of two or more identifiers joined by dots, as
// https://www.postgresql.org/docs/current/runtime-config-custom.html asks for.
func isCustomParameter(s string) bool {
	parts := strings.Split(s, ".")
	for _, p := range parts {
		if p == "" || '0' <= p[0] && p[0] <= '9' {
			return false
		}
		for _, c := range []byte(p) {
			if !isASCIIAlnum(c) && c != '_' {
				return false
			}
		}
	}
	return len(parts) > 1 && len(s) <= 63
}

// postgresTarget says where the database is and who logs in.
func postgresTarget() []option {
	return []option{
		{
			name: "host", want: "names, addresses or socket directories, separated by commas, the ports in the option port",
			apply: func(b *builder, v string) error {
				if v == "" {
					return nil
				}
				for name := range strings.SplitSeq(v, ",") {
					if !isHostName(name) {
						return errValue
					}
					b.dsn.Hosts = append(b.dsn.Hosts, Host{Name: name})
				}
				return nil
			},
		},
		{
			name: "port", want: "a number from 1 to 65535, or one for each host, separated by commas",
			apply: func(b *builder, v string) error {
				if v == "" {
					return nil
				}
				for s := range strings.SplitSeq(v, ",") {
					p, ok := parsePort(s)
					if !ok && s != "" {
						return errValue
					}
					b.ports = append(b.ports, p)
				}
				return nil
			},
		},
		{name: "user", apply: func(b *builder, v string) error { b.dsn.User = v; return nil }},
		{name: "password", secret: true, apply: func(b *builder, v string) error { b.hidden.password = v; return nil }},
		{name: "dbname", aliases: []string{"database"},
			apply: func(b *builder, v string) error { b.dsn.Path = v; return nil }},
	}
}

// postgresDriver are the options that pgx and its pool read themselves.
func postgresDriver() []option {
	number := func(name string) option {
		return option{name: name, want: "a whole number from 0", valid: func(v string) bool {
			n, err := strconv.ParseInt(v, 10, 32)
			return err == nil && n >= 0
		}}
	}
	duration := func(name string, least time.Duration) option {
		want := `a duration with a unit, such as "1m30s"`
		if least > 0 {
			want = `a duration of at least ` + least.String() + ` with a unit, such as "1m30s"`
		}
		return option{name: name, want: want, valid: func(v string) bool {
			d, err := time.ParseDuration(v)
			return err == nil && d >= least
		}}
	}
	return []option{
		choice("sslmode", "disable", "allow", "prefer", "require", "verify-ca", "verify-full"),
		{name: "ssl", want: "true; for anything else use sslmode", apply: func(b *builder, v string) error {
			if v != "true" {
				return errValue
			}
			return b.set("sslmode", "require")
		}},
		choice("sslnegotiation", "postgres", "direct"),
		choice("sslcertmode", "disable", "allow", "require"),
		choice("sslsni", "0", "1"),
		{name: "sslcert", hide: true},
		{name: "sslkey", hide: true},
		{name: "sslrootcert", hide: true},
		{name: "sslpassword", secret: true, hide: true},
		{name: "passfile", hide: true},
		{name: "service"},
		{name: "servicefile", hide: true},
		{name: "krbspn"},
		{name: "krbsrvname"},
		choice("channel_binding", "disable", "prefer", "require"),
		{name: "require_auth", want: "methods separated by commas, all or none with ! in front: " +
			strings.Join(postgresAuthMethods, ", "), valid: isRequireAuth},
		choice("target_session_attrs", "any", "read-write", "read-only", "primary", "standby", "prefer-standby"),
		choice("min_protocol_version", "3.0", "3.2", "latest"),
		choice("max_protocol_version", "3.0", "3.2", "latest"),
		choice("default_query_exec_mode", "cache_statement", "cache_describe", "describe_exec", "exec", "simple_protocol"),
		number("statement_cache_capacity"),
		number("description_cache_capacity"),
		number("pool_min_idle_conns"),
		duration("pool_max_conn_lifetime", time.Millisecond), // at 0 each connection would be closed after its first use
		duration("pool_max_conn_lifetime_jitter", 0),
		duration("pool_max_conn_idle_time", 0),
		duration("pool_ping_timeout", 0),
		duration("pool_health_check_period", time.Millisecond), // pgx's ticker panics at 0
	}
}

var postgresAuthMethods = []string{"password", "md5", "gss", "sspi", "scram-sha-256", "oauth", "none"}

// isRequireAuth checks what pgconn's parseRequireAuth does: no method twice, and ! before all or none.
func isRequireAuth(v string) bool {
	methods := strings.Split(v, ",")
	negated := strings.HasPrefix(strings.TrimSpace(methods[0]), "!")
	for i, m := range methods {
		m, not := strings.CutPrefix(strings.TrimSpace(m), "!")
		methods[i] = m
		if not != negated || !slices.Contains(postgresAuthMethods, m) || slices.Contains(methods[:i], m) {
			return false
		}
	}
	return true
}

// postgresStartup are parameters of the server, sent when a connection starts. Those whose value changes how
// results are written are held to what pgx can read.
func postgresStartup() []option {
	only := func(name, want string, words ...string) option {
		return option{name: name, want: want + ", which is what the driver reads", valid: func(v string) bool {
			return slices.ContainsFunc(words, func(w string) bool { return strings.EqualFold(v, w) })
		}}
	}
	options := []option{
		only("client_encoding", "UTF8", "utf8", "utf-8"),
		only("intervalstyle", "postgres", "postgres"),
		only("bytea_output", "hex", "hex"),
		only("extra_float_digits", "1, 2 or 3", "1", "2", "3"),
		only("standard_conforming_strings", "on", "on", "true", "yes", "1"),
		{name: "datestyle", want: "ISO, or ISO and an order such as ISO,DMY, which is what the driver reads",
			valid: func(v string) bool {
				style, _, _ := strings.Cut(v, ",")
				return strings.EqualFold(strings.TrimSpace(style), "iso")
			}},
		{name: "options", hide: true},
	}
	for _, name := range []string{
		"application_name", "array_nulls", "check_function_bodies", "client_connection_check_interval",
		"client_min_messages", "commit_delay", "constraint_exclusion", "cpu_index_tuple_cost", "cpu_operator_cost",
		"cpu_tuple_cost", "cursor_tuple_fraction", "deadlock_timeout", "default_statistics_target",
		"default_table_access_method", "default_tablespace", "default_text_search_config",
		"default_toast_compression", "default_transaction_deferrable", "default_transaction_isolation",
		"effective_cache_size", "effective_io_concurrency", "enable_bitmapscan", "enable_hashagg",
		"enable_hashjoin", "enable_indexonlyscan", "enable_indexscan", "enable_material", "enable_memoize",
		"enable_mergejoin", "enable_nestloop", "enable_partition_pruning", "enable_seqscan", "enable_sort",
		"fallback_application_name", "from_collapse_limit", "geqo", "geqo_threshold",
		"gin_fuzzy_search_limit", "hash_mem_multiplier",
		"idle_session_timeout", "jit", "jit_above_cost", "join_collapse_limit", "lc_messages", "lc_monetary",
		"lc_numeric", "lc_time", "log_duration", "log_min_duration_statement", "log_min_messages",
		"log_statement", "logical_decoding_work_mem", "maintenance_work_mem", "max_parallel_maintenance_workers",
		"max_parallel_workers", "max_parallel_workers_per_gather", "max_stack_depth", "parallel_setup_cost",
		"parallel_tuple_cost", "plan_cache_mode", "random_page_cost", "role", "row_security", "search_path",
		"seq_page_cost", "synchronous_commit", "tcp_keepalives_count", "tcp_keepalives_idle",
		"tcp_keepalives_interval", "temp_buffers", "temp_file_limit", "temp_tablespaces", "timezone",
		"track_io_timing", "transaction_timeout", "work_mem", "xmlbinary", "xmloption",
	} {
		options = append(options, option{name: name})
	}
	for i := range options {
		options[i].startup = true
	}
	return options
}

// finishPostgres joins hosts and ports, as libpq does: one port is for all hosts, else there is one for each.
func (b *builder) finishPostgres() error {
	hosts := b.dsn.Hosts
	if len(hosts) == 0 && len(b.ports) == 1 {
		b.dsn.Hosts = []Host{{}}
		hosts = b.dsn.Hosts
	}
	if len(b.ports) > 1 && len(b.ports) != len(hosts) {
		return Errorf(`option "port" has %d ports for %d hosts: give one for all, or one for each`, len(b.ports), len(hosts))
	}
	for i := range hosts {
		if len(b.ports) > 0 {
			if hosts[i].Port != 0 {
				return Errorf(`option "port" is given twice, once after a host`)
			}
			hosts[i].Port = b.ports[i%len(b.ports)]
		}
		if hosts[i].Port == 0 {
			hosts[i].Port = DefaultPort
		}
	}
	for mode, cache := range map[string]string{
		"cache_statement": "statement_cache_capacity", "cache_describe": "description_cache_capacity",
	} {
		m, given := b.param("default_query_exec_mode")
		n, _ := b.param(cache)
		if (m == mode || !given && mode == "cache_statement") && isDigits(n) && strings.Trim(n, "0") == "" {
			return Errorf("option %q is 0, but the query mode %s needs that cache: "+
				"set default_query_exec_mode to exec or simple_protocol", cache, mode)
		}
	}
	if err := b.finishReplicas(); err != nil {
		return err
	}
	least, _ := b.param("min_protocol_version")
	most, _ := b.param("max_protocol_version")
	if most == "3.0" && least != "" && least != "3.0" {
		return Errorf("min_protocol_version is greater than max_protocol_version")
	}
	return nil
}

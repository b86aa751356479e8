package dsn

import (
	"fmt"
	"math"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/matryer/is"

	"github.com/prom-go/prom/internal/dsn/dsntest"
)

// Ensure the parts of the DSN reach pgx, with the quoting that they need.
func TestPoolConfig(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	d, err := Parse(`postgres://u%27%5C%20x:p%27%5Cw@h1:5433,[::1]/d%27b%20c?sslmode=disable#name`)
	is.NoErr(err)
	cfg, err := PoolConfig(d)
	is.NoErr(err)
	c := cfg.ConnConfig
	is.Equal(c.User, `u'\ x`)
	is.Equal(c.Password, `p'\w`)
	is.Equal(c.Database, "d'b c") // DESIGN trap 1: not "d'b c#name"
	is.Equal(c.Host, "h1")
	is.Equal(c.Port, uint16(5433))
	is.Equal(len(c.Fallbacks), 1)
	is.Equal(c.Fallbacks[0].Host, "::1")
	is.Equal(c.Fallbacks[0].Port, uint16(5432))
	is.True(c.TLSConfig == nil)
	is.True(!strings.Contains(c.ConnString(), `\w`))
	is.Equal(c.RuntimeParams, map[string]string{"application_name": "prom", "timezone": "UTC", "client_encoding": "UTF8"})
	is.Equal(cfg.MaxConns, int32(max(4, 4*runtime.NumCPU())))
	is.Equal(cfg.MinConns, int32(0))
}

// Ensure each option lands where pgx or the server reads it.
func TestPoolConfig_Options(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	d, err := Parse("postgres://h/db?sslmode=require&readonly=1&connect_timeout=1500ms&statement_timeout=2s&lock_timeout=0" +
		"&pool_minconn=2&pool_maxconn=3&pool_max_conn_lifetime=1m&pool_health_check_period=5s&pool_ping_timeout=1s" +
		"&default_query_exec_mode=exec&statement_cache_capacity=0&application_name=a%20b&TimeZone=Asia/Tokyo&my.key=x%27y" +
		"&search_path=%22A%22,b&client_encoding=utf-8&options=-c%20geqo%3Doff&target_session_attrs=any&krbsrvname=k")
	is.NoErr(err)
	cfg, err := PoolConfig(d)
	is.NoErr(err)
	is.Equal(cfg.ConnConfig.RuntimeParams, map[string]string{
		"default_transaction_read_only": "on", "statement_timeout": "2000", "lock_timeout": "0", "application_name": "a b",
		"timezone": "Asia/Tokyo", "my.key": "x'y", "search_path": `"A",b`, "client_encoding": "UTF8", "options": "-c geqo=off",
	})
	is.Equal(cfg.ConnConfig.ConnectTimeout, 1500*time.Millisecond)
	is.Equal(cfg.MinConns, int32(2))
	is.Equal(cfg.MaxConns, int32(3))
	is.Equal(cfg.MaxConnLifetime, time.Minute)
	is.Equal(cfg.HealthCheckPeriod, 5*time.Second)
	is.Equal(cfg.PingTimeout, time.Second)
	is.Equal(cfg.ConnConfig.DefaultQueryExecMode, pgx.QueryExecModeExec)
	is.Equal(cfg.ConnConfig.StatementCacheCapacity, 0)
	is.Equal(cfg.ConnConfig.KerberosSrvName, "k")
	is.True(cfg.ConnConfig.TLSConfig != nil)
}

// Ensure the smaller rules hold.
func TestPoolConfig_Rules(t *testing.T) {
	t.Parallel()
	tests := []struct {
		in, key, want string
	}{
		{"fallback_application_name=f", "application_name", "f"},
		{"fallback_application_name=f&application_name=a", "application_name", "a"},
		{"options=-c%20TimeZone%3DCET", "timezone", ""}, // a parameter of its own would override it
		{"timezone=CET", "timezone", "CET"},
		{"statement_timeout=1us", "statement_timeout", "1"}, // 0 would be no bound
		{"statement_timeout=0", "statement_timeout", "0"},
		{"readonly=0", "default_transaction_read_only", ""},
		{"pool_minconn=1", "pool_minconn", ""},
	}
	for _, tt := range tests {
		t.Run(tt.in, func(t *testing.T) {
			t.Parallel()
			is := is.New(t)
			d, err := Parse("postgres://h/db?" + tt.in)
			is.NoErr(err)
			cfg, err := PoolConfig(d)
			is.NoErr(err)
			is.Equal(cfg.ConnConfig.RuntimeParams[tt.key], tt.want)
		})
	}
}

// Ensure a pool is never made with a least size above the greatest.
// parity: R19
func TestPoolConfig_Sizes(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	size := func(o Options) (int32, int32, error) {
		cfg, err := PoolConfig(DSN{Dialect: "postgres", Hosts: []Host{{Name: "h"}}, Options: o})
		if err != nil {
			return 0, 0, err
		}
		return cfg.MinConns, cfg.MaxConns, nil
	}
	least, most, err := size(Options{MinConns: 5000})
	is.NoErr(err)
	is.Equal(least, int32(5000))
	is.Equal(most, max(int32(4*runtime.NumCPU()), 5000))
	_, _, err = size(Options{MinConns: 2, MaxConns: 1})
	is.True(err != nil)
	_, _, err = size(Options{MinConns: -1})
	is.True(err != nil)
	_, _, err = size(Options{MaxConns: -1})
	is.True(err != nil)
	_, most, err = size(Options{MinConns: math.MaxInt32})
	is.NoErr(err)
	is.Equal(most, int32(math.MaxInt32))
}

// Ensure what the DSN leaves out comes from where libpq takes it, and what it says does not. Not parallel:
// it sets the environment.
func TestPoolConfig_Environment(t *testing.T) {
	is := is.New(t)
	for name, value := range map[string]string{
		"PGHOST": "envhost", "PGPORT": "6000", "PGUSER": "envuser", "PGPASSWORD": "envpass", "PGDATABASE": "envdb",
		"PGAPPNAME": "envapp", "PGTZ": "CET", "PGCONNECT_TIMEOUT": "7", "PGSSLMODE": "disable",
	} {
		t.Setenv(name, value)
	}
	config := func(s string) *pgx.ConnConfig {
		d, err := Parse(s)
		is.NoErr(err)
		cfg, err := PoolConfig(d)
		is.NoErr(err)
		return cfg.ConnConfig
	}
	c := config("postgres://")
	is.Equal(fmt.Sprint(c.Host, c.Port, c.User, c.Password, c.Database), "envhost6000envuserenvpassenvdb")
	is.Equal(c.ConnectTimeout, 7*time.Second)
	is.Equal(c.RuntimeParams["application_name"], "envapp")
	is.Equal(c.RuntimeParams["timezone"], "CET")
	c = config("postgres://u:p@h/db?timezone=UTC&connect_timeout=0")
	is.Equal(fmt.Sprint(c.Host, c.Port, c.User, c.Password, c.Database), "h5432updb") // parity: D12
	is.Equal(c.ConnectTimeout, time.Duration(0))
	is.Equal(c.RuntimeParams["timezone"], "UTC")
	c = config("postgres://:5433")
	is.Equal(fmt.Sprint(c.Host, c.Port), "envhost5433")
}

// Ensure a setting from outside that pgx refuses is named, and nothing that pgx says comes out. Not parallel:
// it sets the environment.
func TestPoolConfig_Bad(t *testing.T) {
	is := is.New(t)
	dir := t.TempDir()
	junk := filepath.Join(dir, "junk-secret")
	is.NoErr(os.WriteFile(junk, []byte("junk"), 0o600))
	services := filepath.Join(dir, "services")
	is.NoErr(os.WriteFile(services, []byte("[odd]\nchannel_binding=secret\n"), 0o600))
	tests := []struct{ in, env, value, want string }{
		{in: "sslmode=require&sslrootcert=/nowhere/secret",
			want: `"sslrootcert" (or PGSSLROOTCERT) cannot be read: it does not exist`},
		{in: "sslmode=require&sslrootcert=" + junk, want: "holds no certificate in PEM form"},
		{in: "sslmode=require&sslcert=" + junk + "&sslkey=", want: `"sslcert" and "sslkey"`},
		{in: "sslmode=require&sslkey=/nowhere/secret&sslcert=" + junk,
			want: `"sslkey" (or PGSSLKEY) cannot be read: it does not exist`},
		{in: "sslmode=require&sslcert=" + junk + "&sslkey=" + junk, want: `"sslkey" (or PGSSLKEY) holds no key`},
		{in: "service=secret&servicefile=/nowhere/secret", want: `"servicefile" (or PGSERVICEFILE) cannot be read`},
		{in: "service=secret&servicefile=" + services, want: `"service" (or PGSERVICE) names`},
		{in: "service=odd&servicefile=" + services, want: "PGCHANNELBINDING or the service file"},
		{env: "PGSSLMODE", value: "secret", want: "PGSSLMODE or the service file"},
		{env: "PGSSLCERTMODE", value: "secret", want: "PGSSLCERTMODE or the service file"},
		{env: "PGCONNECT_TIMEOUT", value: "secret", want: "PGCONNECT_TIMEOUT or the service file"},
		{env: "PGTARGETSESSIONATTRS", value: "secret", want: "PGTARGETSESSIONATTRS or the service file"},
		{env: "PGMINPROTOCOLVERSION", value: "secret", want: "PGMINPROTOCOLVERSION"},
		{env: "PGCHANNELBINDING", value: "secret", want: "PGCHANNELBINDING or the service file"},
		{env: "PGREQUIREAUTH", value: "secret", want: "PGREQUIREAUTH or the service file"},
	}
	for _, tt := range tests {
		t.Run(tt.in+tt.env, func(t *testing.T) {
			is := is.New(t)
			if tt.env != "" {
				t.Setenv(tt.env, tt.value)
			}
			d, err := Parse("postgres://u:secret@h/db?" + tt.in)
			is.NoErr(err)
			_, err = PoolConfig(d)
			is.True(err != nil)
			is.True(strings.HasPrefix(err.Error(), "prom: dsn: "))
			if !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got %q, want %q in it", err, tt.want)
			}
			dsntest.CheckNoSecret(t, "secret", dsntest.ErrorChain(err))
		})
	}
	t.Setenv("PGPORT", "secret")
	_, err := PoolConfig(DSN{Dialect: "postgres"})
	is.True(err != nil && strings.Contains(err.Error(), "PGPORT or the service file has a port"))
	t.Setenv("PGPORT", "1,2,3")
	_, err = PoolConfig(DSN{Dialect: "postgres"})
	is.True(err != nil && strings.Contains(err.Error(), "another number of ports"))
	_, err = PoolConfig(DSN{Dialect: "postgres", User: "a\x00b"})
	is.True(err != nil && strings.Contains(err.Error(), "does not accept the settings"))
	_, err = PoolConfig(DSN{Dialect: "sqlite"})
	is.True(err != nil)
}

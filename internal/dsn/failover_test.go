package dsn

import (
	"reflect"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
)

// Ensure what several hosts and failover_wait mean for the options that the DSN does not give.
func TestPoolConfig_Failover(t *testing.T) {
	t.Parallel()
	writes := reflect.ValueOf(pgconn.ValidateConnectTargetSessionAttrsReadWrite).Pointer()
	tests := []struct {
		dsn           string
		writes        bool
		connect, ping time.Duration
	}{
		{"postgres://h1/db", false, 0, 0},
		{"postgres://h1,h2/db", true, 5 * time.Second, 5 * time.Second},
		{"postgres://h1:1,h1:2/db", true, 5 * time.Second, 5 * time.Second},
		{"postgres://h1,h2/db?sslmode=disable", true, 5 * time.Second, 5 * time.Second},
		{"postgres://h1,h2/db?readonly=true", false, 5 * time.Second, 5 * time.Second},
		{"postgres://h1,h2/db?target_session_attrs=any", false, 5 * time.Second, 5 * time.Second},
		{"postgres://h1,h2/db?connect_timeout=2s", true, 2 * time.Second, 2 * time.Second},
		{"postgres://h1,h2/db?connect_timeout=0&pool_ping_timeout=1s", true, 0, time.Second},
		{"postgres://h1/db?failover_wait=20", true, 0, 5 * time.Second},
		{"postgres://h1/db?failover_wait=0", false, 0, 0},
	}
	for _, tt := range tests {
		d, err := Parse(tt.dsn)
		if err != nil {
			t.Fatal(err)
		}
		cfg, err := PoolConfig(d)
		if err != nil {
			t.Fatal(err)
		}
		v := cfg.ConnConfig.ValidateConnect
		if got := v != nil && reflect.ValueOf(v).Pointer() == writes; got != tt.writes {
			t.Errorf("%s: it looks for a host that takes writes: %v", tt.dsn, got)
		}
		if cfg.ConnConfig.ConnectTimeout != tt.connect || cfg.PingTimeout != tt.ping {
			t.Errorf("%s: connect_timeout %v, pool_ping_timeout %v", tt.dsn, cfg.ConnConfig.ConnectTimeout, cfg.PingTimeout)
		}
	}
}

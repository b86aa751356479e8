//go:build unix

package dbtest

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

// Cluster is a primary and its standbys, by streaming replication: for failovers, and for reads of standbys. Its
// methods fail the test and belong on the test's goroutine.
type Cluster struct {
	Primary  *Own
	Standbys []*Own

	sync  bool
	named int // standbys
}

// ClusterConfig is what a cluster has.
type ClusterConfig struct {
	Standbys int
	Sync     bool     // a commit waits until one standby has it
	Settings []string // of all servers, as in [OwnConfig]
}

// NewCluster makes a primary and standbys that follow it, and starts them.
func NewCluster(tb testing.TB, c ClusterConfig) *Cluster {
	tb.Helper()
	settings := append([]string{"max_wal_senders=10", "wal_keep_size=512MB", "wal_log_hints=on", "hot_standby=on",
		"max_connections=100", "wal_retrieve_retry_interval=200ms"}, c.Settings...)
	cluster := &Cluster{Primary: NewOwn(tb, OwnConfig{Settings: settings, HBA: []string{ReplicaHBA}}), sync: c.Sync}
	for range c.Standbys {
		cluster.add(tb)
	}
	if c.Sync {
		cluster.Primary.waitsFor(tb, cluster.Standbys)
	}
	return cluster
}

// Add adds a new standby. The primary is stopped for a moment, to be copied.
func (c *Cluster) Add(tb testing.TB) *Own {
	tb.Helper()
	s := c.add(tb)
	if c.sync {
		c.Primary.waitsFor(tb, c.Standbys)
	}
	return s
}

func (c *Cluster) add(tb testing.TB) *Own {
	tb.Helper()
	c.named++
	s := c.Primary.standby(tb, fmt.Sprintf("standby%d", c.named))
	c.Standbys = append(c.Standbys, s)
	return s
}

// waitsFor makes commits wait for one of the standbys, and returns when that is so.
func (o *Own) waitsFor(tb testing.TB, standbys []*Own) {
	tb.Helper()
	var names []string
	for _, s := range standbys {
		names = append(names, s.name)
	}
	o.Set(tb, "synchronous_standby_names", "ANY 1 ("+strings.Join(names, ", ")+")")
	o.wait(tb, "SELECT 1 / count(*) FROM pg_stat_replication WHERE state = 'streaming' AND sync_state IN ('sync', 'quorum')")
}

// Failover promotes the standby that has received most, whatever the primary is doing, and has the others follow it:
// from one that has received less they could not. The former primary is returned, and belongs to the cluster no longer.
func (c *Cluster) Failover(tb testing.TB) (former *Own) {
	tb.Helper()
	former = c.Primary
	most := slices.MaxFunc(c.Standbys, func(a, b *Own) int { return cmp.Compare(a.received(tb), b.received(tb)) })
	c.Primary = most
	c.Standbys = slices.DeleteFunc(slices.Clone(c.Standbys), func(s *Own) bool { return s == most })
	c.Primary.Promote(tb)
	for _, s := range c.Standbys {
		s.Follow(tb, c.Primary)
	}
	if c.sync && len(c.Standbys) > 0 {
		c.Primary.waitsFor(tb, c.Standbys)
	}
	return former
}

// Hosts returns the DSN with all servers in it, the primary first.
func (c *Cluster) Hosts() Engine {
	hosts := []string{"127.0.0.1:" + strconv.Itoa(c.Primary.Port)}
	for _, s := range c.Standbys {
		hosts = append(hosts, "127.0.0.1:"+strconv.Itoa(s.Port))
	}
	return Engine{Name: NamePostgres, DSN: "postgres://prom@" + strings.Join(hosts, ",") + "/postgres?sslmode=disable"}
}

// standsBy makes a server that is stopped a standby of another one.
func (o *Own) standsBy(tb testing.TB, primary *Own) {
	tb.Helper()
	settings, err := os.ReadFile(o.Path("postgresql.auto.conf"))
	if err != nil {
		tb.Fatal(err)
	}
	o.Write(tb, "postgresql.auto.conf", fmt.Appendf(settings, "primary_conninfo = '%s'\n", o.follows(primary)))
	o.Write(tb, "standby.signal", nil)
}

func (o *Own) follows(primary *Own) string {
	return fmt.Sprintf("host=127.0.0.1 port=%d user=prom application_name=%s", primary.Port, o.name)
}

// Demote makes a primary that runs a standby of another server. It stops in order first, so that a standby which has
// followed until then has all that it has.
func (o *Own) Demote(tb testing.TB, primary *Own) {
	tb.Helper()
	if o.name == "" {
		o.name = "former"
	}
	o.Set(tb, "synchronous_standby_names", "")
	o.Stop(tb)
	o.standsBy(tb, primary)
	o.Start(tb)
}

// Follow makes a standby that runs follow another primary.
func (o *Own) Follow(tb testing.TB, primary *Own) {
	tb.Helper()
	o.Set(tb, "primary_conninfo", o.follows(primary))
}

// Promote makes a standby a primary, and returns when it is one.
func (o *Own) Promote(tb testing.TB) {
	tb.Helper()
	o.SQL(tb, "SELECT pg_promote(true, 60)")
	o.wait(tb, "SELECT 1 / (NOT pg_is_in_recovery())::int")
}

// received returns how much of the log a standby has, in bytes.
func (o *Own) received(tb testing.TB) (n int64) {
	tb.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), schemaTimeout)
	defer cancel()
	c, err := pgx.Connect(ctx, o.Engine().DSN)
	if err != nil {
		tb.Fatal(err)
	}
	defer c.Close(ctx)
	if err := c.QueryRow(ctx, "SELECT (pg_last_wal_receive_lsn() - '0/0'::pg_lsn)::bigint").Scan(&n); err != nil {
		tb.Fatal(err)
	}
	return n
}

// Set changes a setting of a server that runs.
func (o *Own) Set(tb testing.TB, name, value string) {
	tb.Helper()
	o.SQL(tb, "ALTER SYSTEM SET "+name+" = '"+value+"'")
	o.SQL(tb, "SELECT pg_reload_conf()")
}

// SQL runs a statement.
func (o *Own) SQL(tb testing.TB, sql string) {
	tb.Helper()
	if err := execSQL(o.Engine().DSN, sql); err != nil {
		tb.Fatalf("dbtest: %s: %v", sql, err)
	}
}

// wait runs a statement until it succeeds.
func (o *Own) wait(tb testing.TB, sql string) {
	tb.Helper()
	for end := time.Now().Add(startTimeout); ; time.Sleep(20 * time.Millisecond) {
		err := execSQL(o.Engine().DSN, sql)
		if err == nil {
			return
		}
		if time.Now().After(end) {
			tb.Fatalf("dbtest: %s: %v; the log:\n%s", sql, err, o.Log())
		}
	}
}

// Freeze stops all processes of the server, so that its kernel takes connections and nothing answers. They go on by
// the function that it returns, and when the test ends.
func (o *Own) Freeze(tb testing.TB) (thaw func()) {
	tb.Helper()
	first := o.pid(tb)
	signal := func(s syscall.Signal) {
		_ = syscall.Kill(first, s) // first, so that it makes no others
		for _, pid := range childrenOf(tb, first) {
			_ = syscall.Kill(pid, s)
		}
	}
	signal(syscall.SIGSTOP)
	frozen := true
	thaw = func() {
		if frozen {
			frozen = false
			signal(syscall.SIGCONT)
		}
	}
	tb.Cleanup(thaw)
	return thaw
}

// childrenOf returns the processes that a process has started.
func childrenOf(tb testing.TB, parent int) (pids []int) {
	tb.Helper()
	out, err := exec.Command("ps", "-A", "-o", "pid=,ppid=").Output()
	if err != nil {
		tb.Fatalf("dbtest: ps: %v", err)
	}
	for line := range bytes.Lines(out) {
		var pid, of int
		if _, err := fmt.Sscan(string(line), &pid, &of); err == nil && of == parent {
			pids = append(pids, pid)
		}
	}
	return pids
}

package sqlite3

import (
	"context"
	"strings"
	"time"
	"unsafe"

	"modernc.org/libc"
	lib "modernc.org/sqlite/lib"
)

// Flags say how a database is opened, https://www.sqlite.org/c3ref/c_open_autoproxy.html.
type Flags int32

// The flags of Open.
const (
	ReadOnly  Flags = lib.SQLITE_OPEN_READONLY
	ReadWrite Flags = lib.SQLITE_OPEN_READWRITE
	Create    Flags = lib.SQLITE_OPEN_CREATE
)

// Options are what a connection is opened with, beside its name. The zero value is right for most.
type Options struct {
	VFS         string        // the name of the VFS; "" takes the one of the URI, or SQLite's default
	BusyTimeout time.Duration // how long a statement waits for a lock of another connection; 0 does not wait
	Defensive   bool          // refuse what could damage the file by SQL alone
}

// Conn is one connection to a database. It is used by one goroutine at a time, and any goroutine may be next.
type Conn struct {
	tls *libc.TLS
	db  uintptr // *lib.Tsqlite3, in C memory
	id  uintptr // its place in the table of connections

	ctx         context.Context // of the running call, nil when it cannot end
	deadline    time.Time       // of ctx, or of the statement timeout
	hasDeadline bool
	limit       time.Duration // see SetStatementTimeout
	limited     bool          // deadline is that of limit
	cause       error         // why the running call was interrupted
	watch       watchdog
	running     *lib.TVdbe // of the last Step, nil once it is reset

	busyTimeout time.Duration
	busySince   time.Time
	waited      time.Duration // see TakeBusy

	cache      cache
	out        uintptr // room for two pointers that SQLite writes to
	collations []func(a, b string) int
	functions  []function
	args       []Arg                // of the running call of a function
	groups     map[uintptr]gatherer // that are being gathered
}

// Open opens a database by a file: URI, https://www.sqlite.org/uri.html. The connection has no mutex of its own, and
// text in double quotes is a name and never a string. Nothing is read from the file yet, so that a file which is no
// database opens.
func Open(uri string, flags Flags, o Options) (*Conn, error) {
	if err := check(); err != nil {
		return nil, err
	}
	return open(uri, flags, o)
}

func open(uri string, flags Flags, o Options) (*Conn, error) {
	if strings.ContainsRune(uri, 0) || strings.ContainsRune(o.VFS, 0) {
		return nil, misuse("the name holds a NUL byte")
	}
	c := &Conn{tls: libc.NewTLS(), busyTimeout: max(0, o.BusyTimeout)}
	if err := c.init(uri, flags, o); err != nil {
		_ = c.Close()
		return nil, err
	}
	return c, nil
}

func (c *Conn) init(uri string, flags Flags, o Options) error {
	if c.out = lib.Xsqlite3_malloc64(c.tls, uint64(2*unsafe.Sizeof(uintptr(0)))); c.out == 0 {
		return noMemory()
	}
	name, free, err := c.cString(uri)
	if err != nil {
		return err
	}
	defer free()
	vfs := uintptr(0)
	if o.VFS != "" {
		p, free, err := c.cString(o.VFS)
		if err != nil {
			return err
		}
		defer free()
		vfs = p
	}
	*c.outPointer(0) = 0
	rc := lib.Xsqlite3_open_v2(c.tls, name, c.out,
		int32(flags)|lib.SQLITE_OPEN_NOMUTEX|lib.SQLITE_OPEN_URI|lib.SQLITE_OPEN_EXRESCODE, vfs)
	c.db = *c.outPointer(0)
	if rc != lib.SQLITE_OK {
		return c.fail(rc)
	}
	c.id = register(c)
	for _, s := range []struct {
		op int32
		on bool
	}{
		{lib.SQLITE_DBCONFIG_DQS_DDL, false},
		{lib.SQLITE_DBCONFIG_DQS_DML, false},
		{lib.SQLITE_DBCONFIG_DEFENSIVE, o.Defensive},
	} {
		if err := c.configure(s.op, s.on); err != nil {
			return err
		}
	}
	lib.Xsqlite3_busy_handler(c.tls, c.db, funcPointer(onBusy), c.id)
	// sqlite3_busy_handler has set it to 0. PRAGMA busy_timeout tells it, and nothing else uses it while our handler is
	// there.
	c.handle().FbusyTimeout = int32(min(c.busyTimeout.Milliseconds(), 1<<31-1))
	lib.Xsqlite3_progress_handler(c.tls, c.db, progressOps, funcPointer(onProgress), c.id)
	return nil
}

// configure sets a switch of sqlite3_db_config.
func (c *Conn) configure(op int32, on bool) error {
	value := int32(0)
	if on {
		value = 1
	}
	args := libc.NewVaList(value, uintptr(0))
	if args == 0 {
		return noMemory()
	}
	defer libc.Xfree(c.tls, args)
	if rc := lib.Xsqlite3_db_config(c.tls, c.db, op, args); rc != lib.SQLITE_OK {
		return c.fail(rc)
	}
	return nil
}

// Close finalizes the statements and closes the connection. It may be called twice. A statement must not be used
// afterwards.
func (c *Conn) Close() error {
	if c.tls == nil {
		return nil
	}
	c.watch.stop()
	c.cache.clear()
	var err error
	if c.db != 0 {
		// The second form closes once the last statement is finalized; all are, so it does not differ, and it never
		// leaks.
		if rc := lib.Xsqlite3_close_v2(c.tls, c.db); rc != lib.SQLITE_OK {
			err = c.fail(rc)
		}
		c.db = 0
	}
	if c.id != 0 {
		unregister(c.id)
		c.id = 0
	}
	lib.Xsqlite3_free(c.tls, c.out)
	c.out = 0
	c.tls.Close()
	c.tls = nil
	return err
}

// Autocommit reports whether no transaction is open. After an error it tells whether SQLite has rolled back by itself.
func (c *Conn) Autocommit() bool { return c.handle().FautoCommit != 0 }

// Changes returns how many rows the last INSERT, UPDATE or DELETE changed.
func (c *Conn) Changes() int64 { return lib.Xsqlite3_changes64(c.tls, c.db) }

// TotalChanges returns how many rows have been changed since the connection was opened.
func (c *Conn) TotalChanges() int64 { return lib.Xsqlite3_total_changes64(c.tls, c.db) }

// LastInsertRowID returns the row number of the last INSERT that succeeded.
func (c *Conn) LastInsertRowID() int64 { return lib.Xsqlite3_last_insert_rowid(c.tls, c.db) }

// Moved reports whether the database's file has been removed, renamed or replaced since it was opened. It looks at the
// file's name by one call of the system.
func (c *Conn) Moved() bool {
	if c.tls == nil {
		return false
	}
	moved := (*int32)(pointer(c.out))
	*moved = 0
	rc := lib.Xsqlite3_file_control(c.tls, c.db, 0, lib.SQLITE_FCNTL_HAS_MOVED, c.out) // 0 is the main database
	return rc == lib.SQLITE_OK && *moved != 0
}

// handle is SQLite's own structure of the connection.
func (c *Conn) handle() *lib.Tsqlite3 {
	// c.db is the address that sqlite3_open_v2 returned: C memory, which does not move and lives until Close.
	return (*lib.Tsqlite3)(pointer(c.db))
}

// outPointer is the i-th of the two pointers at c.out.
func (c *Conn) outPointer(i int) *uintptr {
	return (*uintptr)(unsafe.Add(pointer(c.out), uintptr(i)*unsafe.Sizeof(uintptr(0)))) // c.out has room for two
}

// cString copies s into C memory, with a NUL at its end.
func (c *Conn) cString(s string) (p uintptr, free func(), err error) {
	if p = lib.Xsqlite3_malloc64(c.tls, uint64(len(s))+1); p == 0 {
		return 0, nil, noMemory()
	}
	b := unsafe.Slice((*byte)(pointer(p)), len(s)+1) // just allocated in that length
	copy(b, s)
	b[len(s)] = 0
	return p, func() { lib.Xsqlite3_free(c.tls, p) }, nil
}

func noMemory() *Error { return &Error{Code: lib.SQLITE_NOMEM, Message: "out of memory", Offset: -1} }

// DeferredViolations reports whether the open transaction breaks foreign keys that are checked at its end, so that it
// cannot commit as it is.
func (c *Conn) DeferredViolations() bool {
	h := c.handle()
	return h.FnDeferredCons+h.FnDeferredImmCons > 0
}

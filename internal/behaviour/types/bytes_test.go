package types_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"testing/iotest"
	"time"

	"github.com/matryer/is"

	"github.com/prom-go/prom"
	"github.com/prom-go/prom/internal/behaviour/kit"
	"github.com/prom-go/prom/internal/dbtest"
)

// parcel holds large values: one that must be there, one that may be NULL, and one with rules.
type parcel struct {
	prom.Model
	Name    string
	Version int        `prom:"version"`
	Gone    *time.Time `prom:"deleted"`
	Small   []byte     `prom:"min=2,max=5"`
	Note    *[]byte
	Data    []byte
}

var (
	parcelProto = prom.Proto[parcel]()
	parcelName  = prom.TextOf(parcelProto, &parcelProto.Name)
	parcelSmall = prom.FieldOf(parcelProto, &parcelProto.Small)
	parcelNote  = prom.NullOf(parcelProto, &parcelProto.Note)
	parcelData  = prom.OrderedOf(parcelProto, &parcelProto.Data)
)

func parcels(db *prom.DB) *prom.Repo[parcel] { return prom.NewRepo[parcel](prom.Using(db)) }

// pattern gives size bytes that differ by their places, without holding them, and notes how many were asked for.
type pattern struct{ size, at int64 }

func (p *pattern) Read(b []byte) (int, error) {
	if p.at == p.size {
		return 0, io.EOF
	}
	n := int(min(int64(len(b)), p.size-p.at, int64(1+rand.IntN(100_000))))
	for i := range n {
		b[i] = byteAt(p.at + int64(i))
	}
	p.at += int64(n)
	return n, nil
}

// byteAt is a byte of the pattern, in which there is nothing to compress.
func byteAt(i int64) byte {
	x := uint64(i) * 0x9e3779b97f4a7c15
	return byte((x ^ x>>32) * 0xd6e8feb86659fd93 >> 56)
}

// checker makes sure that what is written to it is the pattern.
type checker struct {
	at  int64
	bad int
}

func (c *checker) Write(b []byte) (int, error) {
	for i := range b {
		if b[i] != byteAt(c.at+int64(i)) {
			c.bad++
		}
	}
	c.at += int64(len(b))
	return len(b), nil
}

// Ensure that values of any size are written and read, whole, in parts and from any place, in and outside transactions,
// as an update of the row.
func TestBytes(t *testing.T) {
	t.Parallel()
	dbtest.EachMode(t, func(t *testing.T, e dbtest.Engine) {
		db := kit.Open(t, e.DSN)
		repo := parcels(db)
		for _, where := range kit.Situations {
			is := is.New(t)
			is.NoErr(where.In(kit.Ended(t), db, func(ctx context.Context) error {
				v := kit.MustIn(ctx, t, repo, parcel{Name: "p", Small: []byte("abc")})
				other := kit.MustIn(ctx, t, repo, parcel{Name: "other", Small: []byte("abc"), Data: []byte("other")})
				for n, size := range []int64{0, 1, 63, 64 << 10, 256<<10 - 1, 256 << 10, 256<<10 + 1, 700_001, 5} {
					is.NoErr(prom.WriteBytes(ctx, repo, parcelData, &pattern{size: size}, size, v.ID))
					f, err := prom.OpenBytes(ctx, repo, parcelData, v.ID)
					is.NoErr(err)
					is.Equal(f.Size(), size)
					is.NoErr(iotest.TestReader(struct{ io.Reader }{f}, wanted(size)))
					_, err = f.Seek(0, io.SeekStart)
					is.NoErr(err)
					var c checker
					copied, err := io.Copy(&c, f)
					is.NoErr(err)
					is.Equal([]int64{copied, c.at, int64(c.bad)}, []int64{size, size, 0})
					is.NoErr(f.Close())
					is.NoErr(f.Close())
					got, err := repo.Get(ctx, v.ID)
					is.NoErr(err)
					is.Equal(int64(len(got.Data)), size)
					is.Equal(got.Version, n+2)
					is.True(!got.Updated.Before(v.Updated))
					is.Equal(got.Name, "p")
					is.Equal(string(got.Small), "abc")
				}
				got, err := repo.Get(ctx, other.ID)
				is.NoErr(err)
				is.Equal(string(got.Data), "other")
				is.True(errors.Is(repo.Delete(ctx, v), prom.ErrStale))
				return nil
			}))
		}
	})
}

func wanted(size int64) []byte {
	b, _ := io.ReadAll(&pattern{size: size})
	return b
}

// Ensure that a reader seeks and reads at any place, as others of the standard library do, from several goroutines at
// the same time.
func TestBytes_Seek(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx, db := kit.Ended(t), kit.Open(t, e.DSN)
		repo := parcels(db)
		const size = 600_000
		v := kit.MustCreate(t, repo, parcel{Name: "p", Small: []byte("abc"), Data: wanted(size)})
		f, err := prom.OpenBytes(ctx, repo, parcelData, v.ID)
		is.NoErr(err)
		defer f.Close()
		want := bytes.NewReader(wanted(size))
		got, expected := make([]byte, 300_000), make([]byte, 300_000)
		for range 200 {
			whence := rand.IntN(3)
			offset := []int64{rand.Int64N(size + 10), rand.Int64N(size) - size/2, -rand.Int64N(size)}[whence]
			at, err := f.Seek(offset, whence)
			wantAt, wantErr := want.Seek(offset, whence)
			is.Equal(err == nil, wantErr == nil)
			if err == nil {
				is.Equal(at, wantAt)
			}
			n := 1 + rand.IntN([]int{10, 1000, 300_000}[rand.IntN(3)]-1)
			read, err := io.ReadFull(f, got[:n])
			wantRead, wantErr := io.ReadFull(want, expected[:n])
			is.Equal(read, wantRead)
			is.Equal(err, wantErr) //nolint:errorlint // as of every reader
			is.True(bytes.Equal(got[:read], expected[:read]))
		}
		_, err = f.Seek(0, 7)
		is.True(err != nil)
		_, err = f.ReadAt(got, -1)
		is.True(err != nil)
		n, err := f.ReadAt(got[:10], size-3)
		is.Equal(n, 3)
		is.Equal(err, io.EOF) //nolint:errorlint // as of every reader
		is.NoErr(kit.Together(8, func(int) error {
			buf := make([]byte, 5000)
			for range 20 {
				at := rand.Int64N(size - 5000)
				if _, err := f.ReadAt(buf, at); err != nil {
					return err
				}
				for i := range buf {
					if buf[i] != byteAt(at+int64(i)) {
						return fmt.Errorf("byte %d is wrong", at+int64(i))
					}
				}
			}
			return nil
		}))
	})
}

// Ensure that a large value goes in and comes out with little memory.
func TestBytes_Memory(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx, db := kit.Ended(t), kit.Open(t, e.DSN)
		repo := parcels(db)
		v := kit.MustCreate(t, repo, parcel{Name: "p", Small: []byte("abc")})
		const size = 64 << 20
		warm := func(n int64) {
			is.NoErr(prom.WriteBytes(ctx, repo, parcelData, &pattern{size: n}, n, v.ID))
			f, err := prom.OpenBytes(ctx, repo, parcelData, v.ID)
			is.NoErr(err)
			var c checker
			_, err = io.Copy(&c, f)
			is.NoErr(err)
			is.Equal(c.at, n)
			is.Equal(c.bad, 0)
			is.NoErr(f.Close())
		}
		warm(1 << 20)
		runtime.GC()
		var before runtime.MemStats
		runtime.ReadMemStats(&before)
		var most atomic.Uint64
		stop := make(chan struct{})
		done := make(chan struct{})
		go func() {
			defer close(done)
			for {
				select {
				case <-stop:
					return
				case <-time.After(5 * time.Millisecond):
					runtime.GC()
					var m runtime.MemStats
					runtime.ReadMemStats(&m)
					most.Store(max(most.Load(), m.HeapAlloc))
				}
			}
		}()
		began := time.Now()
		warm(size)
		took := time.Since(began)
		close(stop)
		<-done
		grown := int64(most.Load()) - int64(before.HeapAlloc)
		t.Logf("%d MB in and out in %v, and the heap grew by %d kB", size>>20, took, grown>>10)
		is.True(most.Load() > 0)
		is.True(grown < 8<<20) // under the race detector, which keeps more; without it about 1 MB
	})
}

// Ensure that what is open shows the value as it was, whoever writes meanwhile, and that a transaction which changes
// the row while it reads is told so.
func TestBytes_Snapshot(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx, db := kit.Ended(t), kit.Open(t, e.DSN)
		repo := parcels(db)
		const size = 1 << 20
		v := kit.MustCreate(t, repo, parcel{Name: "p", Small: []byte("abc"), Data: wanted(size)})
		f, err := prom.OpenBytes(ctx, repo, parcelData, v.ID)
		is.NoErr(err)
		buf := make([]byte, size/2)
		_, err = io.ReadFull(f, buf)
		is.NoErr(err)
		is.NoErr(prom.WriteBytes(ctx, repo, parcelData, strings.NewReader("new"), 3, v.ID))
		_, err = repo.Where(parcelName.Eq("p")).HardDelete(ctx)
		is.NoErr(err)
		rest, err := io.ReadAll(f)
		is.NoErr(err)
		is.True(bytes.Equal(append(buf, rest...), wanted(size)))
		is.NoErr(f.Close())
		_, err = prom.OpenBytes(ctx, repo, parcelData, v.ID)
		is.True(errors.Is(err, prom.ErrNotFound))

		w := kit.MustCreate(t, repo, parcel{Name: "w", Small: []byte("abc"), Data: wanted(size)})
		is.NoErr(db.Tx(ctx, func(ctx context.Context) error {
			f, err := prom.OpenBytes(ctx, repo, parcelData, w.ID)
			is.NoErr(err)
			_, err = f.ReadAt(buf, 0)
			is.NoErr(err)
			_, err = repo.Where(parcelName.Eq("w")).Update(ctx, parcelName.Set("x"))
			is.NoErr(err)
			_, err = f.ReadAt(buf, 0)
			is.True(errors.Is(err, prom.ErrStale))
			return f.Close()
		}))

		// One that is left open ends with its transaction, which commits, and with its context.
		var left *prom.BytesReader
		is.NoErr(db.Tx(ctx, func(ctx context.Context) (err error) {
			left, err = prom.OpenBytes(ctx, repo, parcelData, w.ID)
			return err
		}))
		_, err = left.ReadAt(buf, 0)
		is.True(errors.Is(err, prom.ErrClosed))
		is.NoErr(left.Close())
		_, err = left.Read(buf)
		is.True(err != nil)
		short, cancel := context.WithCancel(ctx)
		f, err = prom.OpenBytes(short, repo, parcelData, w.ID)
		is.NoErr(err)
		cancel()
		_, err = f.Read(buf)
		is.True(errors.Is(err, prom.ErrCanceled))
		is.NoErr(f.Close())
		kit.Idle(t, db)
	})
}

// broken is a reader that fails after some bytes.
type broken struct {
	after int64
	err   error
}

func (b *broken) Read(p []byte) (int, error) {
	if b.after == 0 {
		return 0, b.err
	}
	n := int(min(b.after, int64(len(p))))
	b.after -= int64(n)
	return n, nil
}

// Ensure that a write which fails leaves the row as it was and its transaction usable, and says why it failed.
func TestBytes_Failed(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx, db := kit.Ended(t), kit.Open(t, e.DSN)
		repo := parcels(db)
		_, err := prom.OpenBytes(ctx, repo, parcelData, 1) // there is no table
		is.True(errors.Is(err, prom.ErrNotFound))
		is.True(errors.Is(prom.WriteBytes(ctx, repo, parcelData, strings.NewReader("x"), 1, 1), prom.ErrNotFound))
		v := kit.MustCreate(t, repo, parcel{Name: "p", Small: []byte("abc"), Data: []byte("old")})
		gone := kit.MustCreate(t, repo, parcel{Name: "gone", Small: []byte("abc")})
		is.NoErr(repo.Delete(ctx, gone))
		own := errors.New("SECRET")
		for _, where := range kit.Situations {
			is := is.New(t)
			is.NoErr(where.In(ctx, db, func(ctx context.Context) error {
				write := func(src io.Reader, size int64, key ...any) error {
					return prom.WriteBytes(ctx, repo, parcelData, src, size, key...)
				}
				for _, size := range []int64{4, 300_000, 3_000_000} {
					err := write(&pattern{size: size - 1}, size, v.ID)
					is.True(errors.Is(err, prom.ErrValidation) && errors.Is(err, io.ErrUnexpectedEOF))
					for _, after := range []int64{0, size / 2, size - 1} {
						err = write(&broken{after, own}, size, v.ID)
						is.True(errors.Is(err, own))
						kit.NoSecret(t, shown{err})
					}
				}
				is.True(errors.Is(write(strings.NewReader("x"), 1, gone.ID), prom.ErrNotFound))
				is.True(errors.Is(write(strings.NewReader("x"), 1, 999), prom.ErrNotFound))
				is.True(errors.Is(write(strings.NewReader("x"), -1, v.ID), prom.ErrValidation))
				is.True(errors.Is(write(nil, 1, v.ID), prom.ErrValidation))
				is.True(errors.Is(write(strings.NewReader("x"), 1), prom.ErrValidation))
				is.True(errors.Is(write(strings.NewReader("x"), 1, "x"), prom.ErrValidation))
				is.True(errors.Is(write(strings.NewReader("x"), 1<<30, v.ID), prom.ErrTooLong))
				for size, good := range map[int64]bool{0: false, 1: false, 2: true, 5: true, 6: false} {
					err := prom.WriteBytes(ctx, repo, parcelSmall, &pattern{size: size}, size, v.ID)
					is.Equal(err == nil, good)
					var broken prom.Violations
					is.Equal(errors.As(err, &broken), !good)
				}
				is.NoErr(prom.WriteBytes(ctx, repo, parcelSmall, strings.NewReader("abc, and more"), 3, v.ID)) // no more than size
				got, err := repo.Get(ctx, v.ID)
				is.NoErr(err)
				is.Equal(string(got.Data)+string(got.Small), "oldabc")
				_, err = prom.OpenBytes(ctx, repo, parcelNote, v.ID)
				is.True(errors.Is(err, prom.ErrType))
				_, err = prom.OpenBytes(ctx, repo, parcelData, gone.ID)
				is.True(errors.Is(err, prom.ErrNotFound))
				return nil
			}))
		}
		is.NoErr(prom.WriteBytes(ctx, repo, parcelNote, strings.NewReader(""), 0, v.ID))
		f, err := prom.OpenBytes(ctx, repo, parcelNote, v.ID)
		is.NoErr(err)
		all, err := io.ReadAll(f)
		is.NoErr(err)
		is.Equal(len(all), 0)
		is.NoErr(f.Close())

		is.True(kit.PanicText(func() { _ = prom.WriteBytes(ctx, repo, parcelData, panics{}, 100, v.ID) }) == "reader")
		read := kit.Open(t, e.With("readonly=true"))
		is.True(errors.Is(prom.WriteBytes(ctx, parcels(read), parcelData, strings.NewReader("x"), 1, v.ID), prom.ErrReadOnly))
		got, err := repo.Get(ctx, v.ID)
		is.NoErr(err)
		is.Equal(string(got.Data), "old")
		kit.Idle(t, db)
	})
}

// shown is an error whose text alone counts.
type shown struct{ err error }

func (s shown) Error() string { return s.err.Error() }

type panics struct{}

func (panics) Read([]byte) (int, error) { panic("reader") }

// Ensure that a write ends with its context, in the middle of a value and while it waits for a lock, and that the
// connection is not used again with half a message on it.
func TestBytes_Canceled(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		db := kit.Open(t, e.DSN)
		repo := parcels(db)
		v := kit.MustCreate(t, repo, parcel{Name: "p", Small: []byte("abc"), Data: []byte("old")})
		ctx, cancel := context.WithCancel(kit.Ended(t))
		src := readerFunc(func(p []byte) (int, error) { cancel(); return len(p), nil })
		is.True(errors.Is(prom.WriteBytes(ctx, repo, parcelData, src, 1<<20, v.ID), prom.ErrCanceled))

		err := db.Tx(kit.Ended(t), func(held context.Context) error {
			_, err := repo.Where(parcelName.Eq("p")).Update(held, parcelName.Set("held"))
			is.NoErr(err)
			ctx, cancel := context.WithTimeout(kit.Ended(t), 200*time.Millisecond)
			defer cancel()
			err = prom.WriteBytes(ctx, repo, parcelData, &pattern{size: 1 << 20}, 1<<20, v.ID)
			is.True(errors.Is(err, prom.ErrTimeout))
			return nil
		})
		is.NoErr(err)
		for range 20 {
			got, err := repo.Get(kit.Ended(t), v.ID)
			is.NoErr(err)
			is.Equal(string(got.Data), "old")
		}
		is.NoErr(prom.WriteBytes(kit.Ended(t), repo, parcelData, strings.NewReader("new"), 3, v.ID))
		kit.Idle(t, db)
	})
}

type readerFunc func(p []byte) (int, error)

func (f readerFunc) Read(p []byte) (int, error) { return f(p) }

package scan

import (
	"strings"
	"testing"
	"unsafe"

	"github.com/matryer/is"
)

// Ensure that texts in shared chunks stay as they are while others come, whatever their lengths, and that the bytes
// they were made of may be used again.
func TestArena(t *testing.T) {
	t.Parallel()
	var a arena
	var got, want []string
	buf := make([]byte, 0, 8<<10)
	for i := range 3000 {
		n := []int{0, 1, 7, 100, 511, 512, 513, longText - 1, longText, longText + 1, lastChunk, lastChunk + 1}[i*7%12]
		buf = append(buf[:0], strings.Repeat(string(rune('a'+i%26)), n)...)
		if i%3 == 0 {
			a.reserve(n)
		}
		s := "before"
		a.set(&s, buf)
		got, want = append(got, s), append(want, string(buf))
		for j := range buf {
			buf[j] = '!'
		}
	}
	for i := range got {
		if got[i] != want[i] {
			t.Fatalf("text %d of %d bytes changed", i, len(want[i]))
		}
	}
}

// Ensure that a chunk that a string keeps alive is small, that long texts are apart from it, and that a text that is
// there stays.
func TestArenaChunks(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	var a arena
	long := []byte(strings.Repeat("x", longText+1))
	for range 100 {
		a.reserve(lastChunk / 4)
		is.True(cap(a.chunk) <= lastChunk)
		used := len(a.chunk)
		is.Equal(a.text(long), string(long))
		is.Equal(len(a.chunk), used)
		is.Equal(a.text(nil), "")
		is.Equal(a.text([]byte("short")), "short")
		is.Equal(len(a.chunk), used+5)
	}
	kept := strings.Clone("kept")
	at := unsafe.StringData(kept)
	a.set(&kept, []byte("kept"))
	is.True(unsafe.StringData(kept) == at)
}

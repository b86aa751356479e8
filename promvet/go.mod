module github.com/prom-go/prom/promvet

go 1.26.0

require (
	github.com/matryer/is v1.4.1
	golang.org/x/tools v0.52.0
)

require (
	golang.org/x/mod v0.42.0 // indirect
	golang.org/x/sync v0.24.0 // indirect
)

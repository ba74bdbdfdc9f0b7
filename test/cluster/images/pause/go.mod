module dokkerr.io/test/pause

go 1.24

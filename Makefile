# `make` sets everything up and writes dist/; `make help` lists the rest.
.DEFAULT_GOAL := synth
.PHONY: help synth test lint types verify preview e2e bench clean

# The upgrade check of cdk8s asks the network and waits for it.
export CDK8S_CHECK_UPGRADE = false

help: ## this list
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / { printf "  make %-15s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

node_modules/.package-lock.json: package.json package-lock.json
	@command -v node >/dev/null || { echo "make: Node.js 20 or newer is needed, see https://nodejs.org" >&2; exit 1; }
	npm ci
	@touch $@

synth: node_modules/.package-lock.json ## django-react in production into dist/ (the default)
	@node bin/keelson.mjs synth

test: node_modules/.package-lock.json ## the tests, two minutes
	@npx jest --ci $(JEST)

lint: node_modules/.package-lock.json ## style, and the types
	@npx biome check .
	@npx tsc --noEmit

types: node_modules/.package-lock.json ## the types alone
	@npx tsc --noEmit

verify: node_modules/.package-lock.json ## every manifest in front of real servers and analysers
	@node --import tsx verify/run.ts

preview: node_modules/.package-lock.json ## the dashboards as pages in .work/preview/, with the figures of a live run; SYSTEM=lms
	@node --import tsx verify/monitoring/preview.ts .work/preview $(SYSTEM)

e2e: node_modules/.package-lock.json ## a system on real nodes, used and broken on purpose; SYSTEM=django-react E2E=--only=drain
	@node --import tsx e2e/run.ts $(SYSTEM) $(E2E)

bench: node_modules/.package-lock.json ## time and memory of 1 to 1,000 services; BENCH=--write keeps the figures
	@node --import tsx bench/run.ts $(BENCH)

clean: ## what can be made again
	rm -rf node_modules .work

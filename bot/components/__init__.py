"""Graph components of ours, named by module path in `config.yml`."""

"""Files, warehouses and dbt: everything that reads or writes outside this process."""

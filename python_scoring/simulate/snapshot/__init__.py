"""What is delivered on a day: the vendor's tables and Salesforce's, as files."""

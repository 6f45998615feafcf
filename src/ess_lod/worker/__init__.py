"""The process that runs the queries of strangers, and how it is spoken to. It imports little, since it is started again and again."""
